"""Scripted S2S servers: a peer that says exactly what a test wants said, and a
backend that records exactly what it was sent."""
