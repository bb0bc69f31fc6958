"""The contract's exporter."""

from loopscope.convergence.exporter import GrafanaExporter

__all__ = ["GrafanaExporter"]
