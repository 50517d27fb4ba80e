"""The job queue and the jobs: work that a change asks for in its transaction, and work that comes round."""
