#!/usr/bin/env bash
# Makes the fonts of this folder anew. Needs Debian 12 (apt-get), npm, and a Python with fonttools 4.68.
# What is left out of each: other scripts' letters, hints for screens, and features that no document asks for.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
from=$(mktemp -d)
trap 'rm -rf "$from"' EXIT
cd "$from"

apt-get download fonts-noto-core=20201225-1
dpkg-deb -x fonts-noto-core_*.deb .
npm pack --silent @expo-google-fonts/noto-emoji@0.4.7 | xargs tar xzf
noto=usr/share/fonts/truetype/noto

subset() { # subset SOURCE NAME FEATURES UNICODES
    python3 -m fontTools.subset "$1" --output-file="$here/$2.ttf" --layout-features="$3" --unicodes="$4" \
        --no-hinting --notdef-outline --no-glyph-names --name-IDs=0,1,2,3,4,5,6,13,14 --drop-tables+=DSIG --no-recalc-timestamp
}

both() { # both NAME FEATURES UNICODES: regular and bold
    for weight in Regular Bold; do subset "$noto/$1-$weight.ttf" "$1-$weight" "$2" "$3"; done
}

# What words of every script need: a space, joiners, the dotted circle of a mark that stands alone.
with=U+0020,U+00A0,U+200B-200D,U+25CC
dandas=$with,U+0964,U+0965

both NotoSans ccmp,locl,mark,mkmk,kern,liga U+0020-007E,U+00A0-024F,U+0259,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+2070-209F,U+20A0-20BF,U+2100-214F,U+2150-218F,U+2190-2199,U+2200-22FF,U+25CC,U+FB00-FB06,U+FFFD
both NotoSansDevanagari '*' "$with,U+0900-097F,U+1CD0-1CFF,U+A8E0-A8FF"
both NotoSansBengali '*' "$dandas,U+0980-09FF"
both NotoSansGurmukhi '*' "$dandas,U+0A00-0A7F"
both NotoSansGujarati '*' "$dandas,U+0A80-0AFF"
both NotoSansOriya '*' "$dandas,U+0B00-0B7F"
both NotoSansTamil '*' "$dandas,U+0B80-0BFF"
both NotoSansTelugu '*' "$dandas,U+0C00-0C7F"
both NotoSansKannada '*' "$dandas,U+0C80-0CFF"
both NotoSansMalayalam '*' "$dandas,U+0D00-0D7F"
both NotoSansArabic '*' "$with,U+0600-06FF,U+0750-077F,U+FB50-FDFF,U+FE70-FEFF"
both NotoSansHebrew '*' "$with,U+0590-05FF,U+FB1D-FB4F"
subset "$noto/NotoSansMath-Regular.ttf" NotoSansMath-Regular '' U+2190-2199,U+21D0-21D4,U+2200-22FF
subset "$noto/NotoSansSymbols2-Regular.ttf" NotoSansSymbols2-Regular '' U+21E6-21F3,U+2318-231B,U+23CE-23CF,U+25A0-25CB,U+25CD-25FF,U+2605-2606,U+2610-2613,U+2701-27BF,U+2B12-2B2F
subset package/400Regular/NotoEmoji_400Regular.ttf NotoEmoji-Regular ccmp '*'
