"""The script behind every page.

A worker process that is born while the server runs imports this file, as any child of
Python's multiprocessing does with its parent's script: it must not draw a page.
"""

if __name__ == "__main__":
    from explorer.ui.navigation import show

    show()
