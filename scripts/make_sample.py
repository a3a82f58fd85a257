"""Train the sample run that newcomers see, and write it to assets/sample."""

import os
import tempfile
import time

from explorer.catalog import choosing
from explorer.engine.service import Engine
from explorer.ui.live.sample import write_sample

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_DATA"] = folder
        engine = Engine()
        run = engine.start(choosing.make_config())
        while not engine.store.get(run.id).ended:
            time.sleep(0.2)
        write_sample(engine, run.id)
        engine.close()
