"""Keys that break stores, and keys for long lists. Non-ASCII is escaped: what is seen is there."""

import random

CRUEL_KEYS = {
    "korean": "\ud55c\uad6d\uc5b4/\ubcf4\uace0\uc11c.txt",
    "emoji": "\U0001f600/\U0001f468\u200d\U0001f469\u200d\U0001f467.png",
    "composed": "caf\u00e9",
    "decomposed": "cafe\u0301",
    "plus": "a+b+c",
    "percent": "100%/%41%2F%zz%",
    "double slash": "a//b///c",
    "leading slash": "/a",
    "trailing slash": "folder/",
    "space": "a b/ c ",
    "dots": "../up/./down/..",
    "one dot": ".",
    "semicolon": "a;b=c;d",
    "ampersand": "a&b=c",
    "question and hash": "a?b#c",
    "markup": '<a href="\'">&amp;',
    "unreserved and not": "-_.~!*'()@$,:[]{}|^`\\",
    "control": "a\tb\nc\x01d",
    "house": "-/health",
    "like a query": "list?list-type=2&X-Amz-Signature=0",
    "1024 bytes": "k" * 1024,
    "1024 bytes of korean": "\uac00" * 341 + "x",
}


def many_keys(count, seed=7):
    """`count` keys in folders of all kinds, always the same."""
    chance = random.Random(seed)
    folders = ["", "a/", "a/b/", "a//", "photos/2024/", "photos/2025/", "\ud55c\uad6d/", "x+y z%/"]
    keys = set()
    while len(keys) < count:
        stem = chance.choice(["", "n", "N", "\u00e9", "\U0001f600", "~", "-", "&"])
        keys.add(f"{chance.choice(folders)}{stem}{chance.randrange(10 * count):05}")
    return sorted(keys, key=lambda key: key.encode())
