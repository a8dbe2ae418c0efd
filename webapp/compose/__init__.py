"""The one-page send form: typed recipients and groups become one letter."""
