"""Gazette as a service: its settings, the processes that it consists of, its deployments, its watcher and what it tells
people. Start reading at `service.serve`."""
