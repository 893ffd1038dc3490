"""Publishes a built site: releases, what a publish changes, roll-back, targets."""
