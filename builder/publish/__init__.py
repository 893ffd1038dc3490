"""Publishes a built site: releases, their differences, roll-back and targets."""
