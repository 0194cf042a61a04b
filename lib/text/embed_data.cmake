# Writes OUTPUT, a C++ source that gives out the text of each file of INPUTS (separated by commas):
# words.json by word_data(), all others by recogniser_data().
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" files "${INPUTS}")
set(recognisers "")
set(words "")
set(body "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
  string(APPEND body "constexpr std::string_view ${name} =\n    \"${text}\";\n\n")
  if(name STREQUAL "words")
    set(words ${name})
  else()
    string(APPEND recognisers "${name}, ")
  endif()
endforeach()
file(WRITE ${OUTPUT}
     "// Made from lib/text/data; edit that.\n#include \"text/recognisers.h\"\n\n"
     "namespace efface::text {\n\nnamespace {\n\n${body}}  // namespace\n\n"
     "std::vector<std::string_view> recogniser_data() {\n  return {${recognisers}};\n}\n\n"
     "std::string_view word_data() {\n  return ${words};\n}\n\n"
     "}  // namespace efface::text\n")
