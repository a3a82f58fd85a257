"""The command line: the same engine without a browser.

python -m explorer list
python -m explorer train --model lstm --data sine --set model.hidden_size=32
python -m explorer export RUN FILE.zip
python -m explorer import FILE.zip
"""

from explorer.cli.commands import main

if __name__ == "__main__":
    main(prog_name="python -m explorer")
