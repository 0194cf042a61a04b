# Writes OUTPUT, a C++ source with the text of INPUT as FUNCTION() of namespace efface::MODULE, which
# MODULE/HEADER declares. Compilers limit the length of one literal, so each line is its own; adjacent
# literals join.
file(READ ${INPUT} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
file(WRITE ${OUTPUT}
     "// Made from a text of this folder; edit that.\n"
     "#include \"${MODULE}/${HEADER}\"\n\n"
     "namespace efface::${MODULE} {\n\n"
     "std::string_view ${FUNCTION}() {\n"
     "  return\n    \"${text}\";\n"
     "}\n\n"
     "}  // namespace efface::${MODULE}\n")
