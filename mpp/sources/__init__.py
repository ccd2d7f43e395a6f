"""Agencies' data turned into our events: files today, systems that are asked later.

Everything ends in :class:`mpp.live.intake.Intake`, the one way in.
"""
