"""Lessons that ask first: one file each, and the runs that answer.

A file of this folder that ends in `LESSON` is a lesson; its texts lie under its name in
`assets/lessons/`, one in each language.
"""
