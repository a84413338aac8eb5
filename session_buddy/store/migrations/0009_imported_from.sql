-- Who imported what is known of an item from elsewhere, from which place; null for imports before this layout.
ALTER TABLE coaching_imported_item ADD COLUMN imported_by VARCHAR;
ALTER TABLE coaching_imported_item ADD COLUMN source VARCHAR;
