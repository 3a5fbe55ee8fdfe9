"""Images: resizing, colours, geometry, boxes, codecs."""
