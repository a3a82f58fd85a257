"""What changes while a run trains: losses, measures, gradients.

Charts over steps or seconds, the lines that they are measured against, and one sentence
on what a loss means.
"""
