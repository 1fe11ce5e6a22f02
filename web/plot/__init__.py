"""Plots in the house's look: laid out once as plain shapes, painted as SVG or PNG.

shapes     what a picture is made of; colours go by role
calendar   mails by day as bars, and beneath them every hour of those days
svg, png   painters
"""
