"""The one public door of the tiers: nginx, configured from what services there are and where they run."""
