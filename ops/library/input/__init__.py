"""Input pipelines of queues: coordinators, runners, producers, batches."""
