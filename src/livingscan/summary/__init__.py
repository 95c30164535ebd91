"""Summarise: the barrier matrix, NHS against elsewhere, what changed, PRISMA numbers."""
