-- Article numbers of rows whose key is something else, such as a GTIN; letters and digits alone count. An own column, because
-- row-level security lets no index be used by functions that might tell what they see.
ALTER TABLE catalog_items ADD COLUMN normal_number text
  GENERATED ALWAYS AS (nullif(upper(regexp_replace(attributes ->> 'mpn', '[^[:alnum:]]', '', 'g')), '')) STORED;
CREATE INDEX catalog_items_by_number ON catalog_items (tenant_id, kind, normal_number) WHERE normal_number IS NOT NULL;
