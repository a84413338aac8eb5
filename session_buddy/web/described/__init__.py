"""What the answers look like, for the OpenAPI document. A model is open where the store is: what people have put into
it, and figures that reports may gain."""
