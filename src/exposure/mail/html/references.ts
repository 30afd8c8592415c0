/** Named character references of HTML 4 that a semicolon need not follow, each with its code point in hexadecimal. */
const old = [
  'quot 22 amp 26 lt 3c gt 3e nbsp a0 iexcl a1 cent a2 pound a3 curren a4 yen a5 brvbar a6 sect',
  'a7 uml a8 copy a9 ordf aa laquo ab not ac shy ad reg ae macr af deg b0 plusmn b1 sup2 b2',
  'sup3 b3 acute b4 micro b5 para b6 middot b7 cedil b8 sup1 b9 ordm ba raquo bb frac14 bc',
  'frac12 bd frac34 be iquest bf Agrave c0 Aacute c1 Acirc c2 Atilde c3 Auml c4 Aring c5 AElig',
  'c6 Ccedil c7 Egrave c8 Eacute c9 Ecirc ca Euml cb Igrave cc Iacute cd Icirc ce Iuml cf ETH',
  'd0 Ntilde d1 Ograve d2 Oacute d3 Ocirc d4 Otilde d5 Ouml d6 times d7 Oslash d8 Ugrave d9',
  'Uacute da Ucirc db Uuml dc Yacute dd THORN de szlig df agrave e0 aacute e1 acirc e2 atilde',
  'e3 auml e4 aring e5 aelig e6 ccedil e7 egrave e8 eacute e9 ecirc ea euml eb igrave ec iacute',
  'ed icirc ee iuml ef eth f0 ntilde f1 ograve f2 oacute f3 ocirc f4 otilde f5 ouml f6 divide',
  'f7 oslash f8 ugrave f9 uacute fa ucirc fb uuml fc yacute fd thorn fe yuml ff',
].join(' ');

/** Those that need it: the rest of HTML 4, and of HTML 5 what stands in text. */
const others = [
  'Tab 9 NewLine a excl 21 num 23 dollar 24 percnt 25 apos 27 lpar 28 rpar 29 ast 2a plus 2b',
  'comma 2c period 2e sol 2f colon 3a semi 3b equals 3d quest 3f commat 40 lbrack 5b lsqb 5b',
  'bsol 5c rbrack 5d rsqb 5d Hat 5e lowbar 5f grave 60 lbrace 7b lcub 7b verbar 7c vert 7c',
  'rbrace 7d rcub 7d half bd Aogon 104 aogon 105 Cacute 106 cacute 107 Ccaron 10c ccaron 10d',
  'Dcaron 10e dcaron 10f Dstrok 110 dstrok 111 Eogon 118 eogon 119 Ecaron 11a ecaron 11b Gbreve',
  '11e gbreve 11f Idot 130 inodot 131 Lstrok 141 lstrok 142 Nacute 143 nacute 144 Ncaron 147',
  'ncaron 148 Odblac 150 odblac 151 OElig 152 oelig 153 Rcaron 158 rcaron 159 Sacute 15a sacute',
  '15b Scedil 15e scedil 15f Scaron 160 scaron 161 Tcaron 164 tcaron 165 Uring 16e uring 16f',
  'Udblac 170 udblac 171 Yuml 178 Zacute 179 zacute 17a Zdot 17b zdot 17c Zcaron 17d zcaron 17e',
  'fnof 192 circ 2c6 tilde 2dc Alpha 391 Beta 392 Gamma 393 Delta 394 Epsilon 395 Zeta 396 Eta',
  '397 Theta 398 Iota 399 Kappa 39a Lambda 39b Mu 39c Nu 39d Xi 39e Omicron 39f Pi 3a0 Rho 3a1',
  'Sigma 3a3 Tau 3a4 Upsilon 3a5 Phi 3a6 Chi 3a7 Psi 3a8 Omega 3a9 alpha 3b1 beta 3b2 gamma 3b3',
  'delta 3b4 epsilon 3b5 zeta 3b6 eta 3b7 theta 3b8 iota 3b9 kappa 3ba lambda 3bb mu 3bc nu 3bd',
  'xi 3be omicron 3bf pi 3c0 rho 3c1 sigmaf 3c2 sigma 3c3 tau 3c4 upsilon 3c5 phi 3c6 chi 3c7',
  'psi 3c8 omega 3c9 thetasym 3d1 upsih 3d2 piv 3d6 ensp 2002 emsp 2003 numsp 2007 puncsp 2008',
  'thinsp 2009 hairsp 200a ZeroWidthSpace 200b zwnj 200c zwj 200d lrm 200e rlm 200f dash 2010',
  'hyphen 2010 ndash 2013 mdash 2014 horbar 2015 lsquo 2018 rsquo 2019 sbquo 201a ldquo 201c',
  'rdquo 201d bdquo 201e dagger 2020 Dagger 2021 bull 2022 hellip 2026 permil 2030 prime 2032',
  'Prime 2033 lsaquo 2039 rsaquo 203a oline 203e frasl 2044 NoBreak 2060 euro 20ac image 2111',
  'copysr 2117 weierp 2118 real 211c trade 2122 alefsym 2135 frac13 2153 frac23 2154 frac15',
  '2155 frac18 215b frac38 215c frac58 215d frac78 215e larr 2190 uarr 2191 rarr 2192 darr 2193',
  'harr 2194 crarr 21b5 lArr 21d0 uArr 21d1 rArr 21d2 dArr 21d3 hArr 21d4 forall 2200 part 2202',
  'exist 2203 empty 2205 nabla 2207 isin 2208 notin 2209 ni 220b prod 220f sum 2211 minus 2212',
  'lowast 2217 radic 221a prop 221d infin 221e ang 2220 and 2227 or 2228 cap 2229 cup 222a int',
  '222b there4 2234 sim 223c cong 2245 asymp 2248 ne 2260 equiv 2261 le 2264 ge 2265 sub 2282',
  'sup 2283 nsub 2284 sube 2286 supe 2287 oplus 2295 otimes 2297 perp 22a5 sdot 22c5 lceil 2308',
  'rceil 2309 lfloor 230a rfloor 230b lang 2329 rang 232a loz 25ca starf 2605 star 2606 phone',
  '260e female 2640 male 2642 spades 2660 clubs 2663 hearts 2665 diams 2666 check 2713 cross',
  '2717 fflig fb00 filig fb01 fllig fb02',
].join(' ');

const pairsOf = (list: string): (readonly [string, string])[] => {
  const words = list.split(' ');
  return words.flatMap((word, at) =>
    at % 2 === 0
      ? [[word, String.fromCodePoint(Number.parseInt(words[at + 1] ?? '20', 16))] as const]
      : [],
  );
};

const withoutSemicolon = new Map(pairsOf(old));
const named = new Map([...withoutSemicolon, ...pairsOf(others)]);
const nameMax = 32;

/** What numbers 80 to 9F mean: bytes of windows-1252, as browsers read them. */
const windows1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Spaces of all widths become a space; what has no width goes, since it is set inside of numbers and words to hide them. */
const plainly = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0xa0 || (code >= 0x2000 && code <= 0x200a) || code === 0x202f) return ' ';
  if (code === 0xad || (code >= 0x200b && code <= 0x200f) || code === 0x2060 || code === 0xfeff)
    return '';
  return character;
};

const numbered = (digits: string, radix: number): string => {
  const point = digits.length > 7 ? Number.NaN : Number.parseInt(digits, radix);
  if (
    Number.isNaN(point) ||
    point === 0 ||
    point > 0x10ffff ||
    (point >= 0xd800 && point < 0xe000)
  ) {
    return '\ufffd';
  }
  return point >= 0x80 && point <= 0x9f
    ? windows1252.charAt(point - 0x80)
    : plainly(String.fromCodePoint(point));
};

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isHex = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
const isAlnum = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** The reference behind an ampersand: what it means and where it ends; undefined where there is none. */
const referenceAt = (text: string, at: number): { means: string; to: number } | undefined => {
  if (text.charCodeAt(at) === 35) {
    const isHexadecimal = (text.charCodeAt(at + 1) | 32) === 120;
    const from = at + (isHexadecimal ? 2 : 1);
    let to = from;
    const fits = isHexadecimal ? isHex : isDigit;
    while (to - from < 40 && fits(text.charCodeAt(to))) to++;
    if (to === from) return undefined;
    const means = numbered(text.slice(from, to).replace(/^0+(?=.)/, ''), isHexadecimal ? 16 : 10);
    return { means, to: text.charCodeAt(to) === 59 ? to + 1 : to };
  }
  let to = at;
  while (to - at < nameMax && isAlnum(text.charCodeAt(to))) to++;
  const name = text.slice(at, to);
  if (text.charCodeAt(to) === 59) {
    const means = named.get(name);
    return means === undefined ? undefined : { means: plainly(means), to: to + 1 };
  }
  const means = withoutSemicolon.get(name);
  return means === undefined ? undefined : { means: plainly(means), to };
};

/** Character references resolved; what is none stays as it is. */
export const resolveReferences = (text: string): string => {
  let found = text.indexOf('&');
  if (found < 0) return text;
  const out: string[] = [];
  let from = 0;
  while (found >= 0) {
    const reference = referenceAt(text, found + 1);
    if (reference !== undefined) {
      out.push(text.slice(from, found), reference.means);
      from = reference.to;
    }
    found = text.indexOf('&', reference === undefined ? found + 1 : from);
  }
  out.push(text.slice(from));
  return out.join('');
};
