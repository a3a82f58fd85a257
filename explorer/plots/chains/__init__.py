"""Chains of states: what an HMM and a CRF have learned.

Their transitions, what each state says, which one holds when, and how surprising every
symbol is beside what is known of the process that made it.
"""
