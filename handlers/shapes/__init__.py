"""Where JSON meets typed values, and nowhere else."""
