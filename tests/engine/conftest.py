"""What is trained here to compare with is trained as workers train."""

import torch

torch.set_num_threads(1)
