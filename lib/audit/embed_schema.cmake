# Writes OUTPUT, a C++ source with the text of INPUT as manifest_schema(). Compilers limit the length of
# one literal, so each line is its own; adjacent literals join.
file(READ ${INPUT} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
file(WRITE ${OUTPUT}
     "// Made from manifest.schema.json; edit that.\n"
     "#include \"audit/manifest.h\"\n\n"
     "namespace efface::audit {\n\n"
     "std::string_view manifest_schema() {\n"
     "  return\n    \"${text}\";\n"
     "}\n\n"
     "}  // namespace efface::audit\n")
