"""Bills of entry: goods from abroad, on which customs takes duty and integrated tax (GST rules, 7.6)."""
