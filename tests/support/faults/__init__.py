"""Proxies that stand between the pipeline and its servers and do to the traffic what a bad day does."""
