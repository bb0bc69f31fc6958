"""The contract's widgets."""

from loopscope.convergence.widgets import Widget, WidgetConfig, register_widget

__all__ = ["Widget", "WidgetConfig", "register_widget"]
