# The manifest's JSON Schema becomes a function of the library, so that the program can print it.
efface_embed(audit manifest.schema.json manifest.h manifest_schema)
