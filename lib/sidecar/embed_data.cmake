# Writes OUTPUT, a C++ source that gives out the text of INPUT.
cmake_minimum_required(VERSION 3.25)
file(READ ${INPUT} text)
file(WRITE ${OUTPUT}
     "// Made from lib/sidecar/data; edit that.\n#include \"sidecar/field_data.h\"\n\n"
     "namespace efface::sidecar {\n\nstd::string_view field_data() {\n  return R\"json(${text})json\";\n}\n\n"
     "}  // namespace efface::sidecar\n")
