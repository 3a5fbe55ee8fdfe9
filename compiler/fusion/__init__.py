"""From a region to groups: lowering, fusing, joining, products, the arena."""
