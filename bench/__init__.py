"""Measurements: what the project costs, side by side with what a user would pick instead."""
