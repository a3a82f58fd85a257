"""Chains of states: what an HMM and a CRF have learned."""
