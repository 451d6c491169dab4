#!/bin/sh
# Runs one fuzz test on one core: sh tools/fuzz.sh TIME FOLDER NAME. What it says is printed in one piece, since make
# fuzz runs two at a time; 255 tells xargs to start no more.
set -u
said=$(${GO:-go} test -run '^$' -fuzz "^$3\$" -fuzztime "$1" -fuzzminimizetime 1x -parallel 1 "./$2" 2>&1) ||
	{ printf '%s\n' "$3 in $2:" "$said"; exit 255; }
printf '%s\n' "$3: $(printf '%s\n' "$said" | tail -1)"
