"""Operation types of rows of any lengths: ranges, rows picked out, and what is dense or sparse made of them."""
