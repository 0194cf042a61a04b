# Free text: RE2 for the patterns, ICU for character sets and folding, and the data of lib/text/data,
# which become functions of the library.
efface_module(text PUBLIC efface::base
              PRIVATE nlohmann_json::nlohmann_json PkgConfig::RE2 PkgConfig::ICU)
