"""Documents on paper: a sheet becomes pages of measured text, and these become HTML that both renderers print alike."""
