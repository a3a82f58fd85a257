"""`streamlit run streamlit_app.py`, ended in silence by Ctrl-C from its first moment.

Streamlit imports itself for seconds before anything of ours is heard; until then the
system ends the process.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # before all that takes time

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    sys.argv[1:1] = ["run", str(ROOT / "streamlit_app.py")]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
