#!/bin/sh
# potab merges catalogues and refuses what is wrong; pocheck finds what has no English. Arguments: potab, pocheck.
set -u
potab=$(realpath "$1") pocheck=$(realpath "$2")
dir=$(mktemp -d) || exit 1
trap 'rm -r "$dir"' EXIT
cd "$dir" || exit 1
mkdir -p po/en.d src
n=0

# verdict NAME CONDITION: one line of TAP.
verdict() {
    n=$((n + 1))
    if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; sed 's/^/# /' log; fi
}
# refused NAME MESSAGE CATALOGUE: the catalogue is a format of printf.
refused() {
    # shellcheck disable=SC2059
    printf "$3" >po/en.d/x.po
    "$potab" out.c out.d po/en.po po/en.d >log 2>&1
    [ $? = 1 ] && grep -q "$2" log
    verdict "potab refuses $1" $?
    rm po/en.d/x.po
}

echo 'TAP version 13'
printf '# a comment\nmsgid ""\nmsgstr ""\n\nmsgid "乙{n}"\nmsgstr "b{n|x|y} {n}"\n' >po/en.po
printf 'msgid "甲"\n"\\n\\"丙"\nmsgstr "a"\n' >po/en.d/a.po
printf 'msgid "乙{n}"\nmsgstr "b{n|x|y} {n}"\n' >po/en.d/b.po
"$potab" out.c out.d po/en.po po/en.d >log 2>&1 && grep -q '{ "甲\\n\\"丙", "a", 0 },' out.c && grep -q 'po_en_n = 2;' out.c &&
    grep -q 'po/en.d/b.po' out.d
verdict 'potab merges and sorts' $?

printf 'msgid "第{a}行,{b}: 有错(code);请改(a, b): score:代码 f(x)?"\nmsgstr "{a} {b}"\n' >po/en.d/c.po
"$potab" out.c out.d po/en.po po/en.d >log 2>&1
grep -q '"第{a}行，{b}：有错（code）；请改（a, b）：score:代码 f(x)' out.c
verdict 'potab sets marks beside Chinese in full width' $?
rm po/en.d/c.po

refused 'two translations' 'is "other" here and "a" at po/en.d/a.po:1' 'msgid "甲"\n"\\n\\"丙"\nmsgstr "other"\n'
refused 'other placeholders' '{a} is on one side only' 'msgid "x{a}"\nmsgstr "y{b}"\n'
refused 'a missing msgstr' 'without its msgstr' 'msgid "x"\n\nmsgid "y"\nmsgstr "z"\n'
refused 'a missing msgid' 'without its msgid' 'msgstr "z"\n'
refused 'an empty translation' 'empty msgstr' 'msgid "x"\nmsgstr ""\n'
refused 'an open string' 'x.po:1: expected' 'msgid "x\nmsgstr "y"\n'
refused 'anything else' 'x.po:1: expected' 'nonsense\n'

cat >src/a.c <<'C'
/* N_("注释") */ x("不算"); char c = '"';
y(N_("甲" "\n\"丙"), err_set(e, RC_X, f(1, "a,b"), "k"), err_set(e, RC_X, "丁"
    "{w}", "w", N_("戊")));
C
cp src/a.c src/test_a.c
printf '{# data p: n int #}\n<p>{_ 己 {{ n }}\n  个 _}</p>\n' >src/p.html
"$pocheck" src po >log 2>&1
[ $? = 1 ] && [ "$(grep -c ^msgid log)" = 3 ] && grep -q 'msgid "丁{w}"' log && grep -q 'msgid "戊"' log && grep -q 'msgid "己 {n} 个"' log &&
    grep -q '^# src/p.html:2' log
verdict 'pocheck lists what has no English' $?
printf 'msgid "丁{w}"\nmsgstr "D {w}"\nmsgid "戊"\nmsgstr "E"\nmsgid "己 {n} 个"\nmsgstr "{n} F"\n' >po/en.d/c.po
"$pocheck" src po >log 2>&1
verdict 'pocheck is content when all is there' $?
echo "1..$n"
