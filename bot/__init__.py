"""The only place that knows everything: settings, composition, lifecycle, the command line."""
