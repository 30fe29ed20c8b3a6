"""Where events arrive, and what is remembered of them."""
