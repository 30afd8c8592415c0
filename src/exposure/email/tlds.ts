/**
 * Top-level domains that mail comes from: every country's two letters, and generic ones in wide use. Others are
 * accepted as well, with less confidence: names of rooms and files look like them.
 */
export const isKnownTld = (tld: string): boolean =>
  /^[a-z]{2}$/.test(tld) ? !notCountries.has(tld) : generic.has(tld) || tld.startsWith('xn--');

/** Two letters that end names of files more often than of countries, and that are no country's. */
const notCountries = new Set(['js', 'ts', 'gz', 'db', 'xz', 'oo', 'aa', 'xx', 'zz']);

const generic = new Set(
  (
    'com org net edu gov mil int info biz name pro aero coop museum mobi jobs travel asia cat tel post xxx arpa ' +
    'example test invalid local app dev page web cloud online site store shop tech email mail blog club live life ' +
    'world today work works space website press news media agency company group team global solutions services ' +
    'systems network digital center academy school university education health clinic hospital care law legal ' +
    'bank finance money insurance tax consulting engineering design studio art photo photos music video film games ' +
    'game fun fit run bike car cars auto house homes land estate properties build builders construction energy ' +
    'solar green eco farm garden flowers food restaurant cafe bar pub wine beer pizza kitchen hotel tours vacations ' +
    'tokyo nagoya osaka kyoto yokohama okinawa ryukyu london paris berlin hamburg wien nyc amsterdam moscow ' +
    'xyz top icu vip win bid loan men party date review trade science link click help support tools zone plus one ' +
    'ltd inc llc gmbh bike swiss africa lat scot wales eus gal cymru google goog amazon apple microsoft toyota ' +
    'sony canon hitachi toshiba panasonic nikon nissan honda yahoo line softbank docomo gmo ntt kddi lotte earth ' +
    'moe ninja guru expert chat social community church foundation charity ngo ong how wiki cool best'
  ).split(' '),
);
