"""Tiny tensors gain nothing from threads, and threads lose much on a busy machine."""

import torch

torch.set_num_threads(1)
