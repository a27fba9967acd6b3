/* Letters of a character: one from the table, another where it is read in two ways in names of
 * places and offices. */
#include "search/pinyin.h"

/* Characters with a second reading that begins with another letter, or for which the table's
 * source and GB 2312 (whose first level is ordered by pinyin) choose different ones. */
static const struct {
    uint32_t cp;
    char letter;
} others[] = {
    { U'长', 'z' }, { U'长', 'c' }, { U'重', 'c' }, { U'重', 'z' }, { U'行', 'h' },
    { U'行', 'x' }, { U'乐', 'y' }, { U'乐', 'l' }, { U'调', 'd' }, { U'调', 't' },
    { U'解', 'x' }, { U'解', 'j' }, { U'区', 'o' }, { U'朝', 'c' }, { U'朝', 'z' },
    { U'藏', 'z' }, { U'藏', 'c' }, { U'单', 's' }, { U'单', 'd' }, { U'曾', 'c' },
    { U'曾', 'z' }, { U'查', 'z' }, { U'盛', 'c' }, { U'校', 'j' }, { U'校', 'x' },
    { U'会', 'k' }, { U'系', 'j' }, { U'石', 'd' }, { U'车', 'j' }, { U'尉', 'y' },
    { U'召', 's' }, { U'传', 'z' }, { U'弹', 'd' }, { U'参', 's' }, { U'参', 'c' },
    { U'省', 'x' }, { U'省', 's' }, { U'降', 'x' }, { U'强', 'j' }, { U'秘', 'b' },
    { U'番', 'p' }, { U'说', 's' }, { U'率', 'l' }, { U'率', 's' }, { U'朴', 'p' },
    { U'什', 's' }, { U'提', 'd' }, { U'厦', 's' }, { U'厦', 'x' }, { U'沈', 's' },
    { U'畜', 'x' }, { U'畜', 'c' }, { U'吁', 'x' }, { U'吁', 'y' }, { U'埔', 'p' },
    { U'埔', 'b' }, { U'泊', 'p' }, { U'泊', 'b' }, { U'脯', 'p' }, { U'脯', 'f' },
    { U'掠', 'l' }, { U'略', 'l' }, { U'茄', 'q' }, { U'伺', 's' }, { U'伺', 'c' },
    { U'匙', 's' }, { U'匙', 'c' }, { U'蛤', 'h' }, { U'蛤', 'g' }, { U'呵', 'h' },
    { U'槛', 'k' }, { U'咳', 'k' }, { U'傀', 'k' }, { U'辗', 'z' }, { U'椎', 'z' },
    { U'轧', 'z' }, { U'轧', 'y' }, { U'乾', 'g' }, { U'乾', 'q' }, { U'炔', 'q' },
    { U'辟', 'p' }, { U'辟', 'b' }, { U'咯', 'k' },
};

static size_t add(char *ret, size_t n, char letter)
{
    for (size_t i = 0; i < n; i++)
        if (ret[i] == letter)
            return n;
    if (n < PINYIN_LETTERS)
        ret[n++] = letter;
    return n;
}

size_t pinyin_of(uint32_t cp, char ret[PINYIN_LETTERS])
{
    size_t n = 0;
    if (cp < PINYIN_FIRST || cp > PINYIN_LAST || pinyin_letters[cp - PINYIN_FIRST] == '.')
        return 0;
    n = add(ret, n, pinyin_letters[cp - PINYIN_FIRST]);
    for (size_t i = 0; i < COUNT(others); i++)
        if (others[i].cp == cp)
            n = add(ret, n, others[i].letter);
    return n;
}
