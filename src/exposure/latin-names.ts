/**
 * Given names and romanised Japanese surnames that are common, as public statistics have them: never used to find a name, only to
 * confirm what stands where one is expected.
 */
const written = `
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy ronald
edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose
adam nathan henry douglas zachary peter kyle noah ethan jeremy walter keith roger terry austin sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe
logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell philip eugene tom tim mike steve dave chris ben nick matt dan alex ken bob jim bill greg oliver harry
charlie oscar leo liam lucas hugo max felix lukas jonas finn paul klaus hans jürgen wolfgang stefan andreas markus martin jan lars sven nils erik pierre jean jacques michel luc marc antoine
luca marco giovanni giuseppe francesco alessandro matteo lorenzo andrea carlos miguel javier pedro luis manuel antonio diego pablo fernando joão pedro tiago rui ivan dmitri sergei vladimir
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda dorothy melissa deborah stephanie
rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine christine debra rachel carolyn janet catherine maria heather diane ruth julie
olivia joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann sara madison frances kathryn janice jean abigail alice
julia judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori jane lily ella amelia mia ava zoe chloe lucy
sophie claire camille léa manon anne-marie petra ursula monika sabine claudia heike katrin ingrid astrid freya giulia chiara francesca elena carmen lucia paula sofia ana beatriz inês olga
natasha tatiana irina svetlana anya katarzyna agnieszka anna magdalena piotr krzysztof tomasz paweł marcin mohammed muhammad ahmed ali omar hassan fatima aisha yusuf ibrahim mehmet ayşe
wei ming li jing chen yan hui mei xiao jun feng hong nguyen thi anh minh linh tuan priya raj amit anil sunil ravi sanjay deepak neha pooja anjali arjun rahul vijay suresh ramesh
taro hanako kenji kenta takashi hiroshi hiroki satoshi akira makoto naoki daisuke yuki yuko keiko yoko akiko tomoko naoko mayumi yumiko misaki sakura haruka aoi ren sota haruto kaori
sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi saito shimizu yamazaki mori abe ikeda hashimoto
yamashita ishikawa nakajima maeda fujita ogawa goto okada hasegawa murakami kondo ishii saito sakamoto endo aoki fujii nishimura fukuda ota miura fujiwara okamoto matsuda nakagawa nakano
harada ono tamura takeuchi kaneko wada nakayama ishida ueda morita hara shibata sakai kudo yokoyama miyazaki miyamoto uchida takagi ando taniguchi ohno maruyama imai takada fujimoto takeda
murata ueno sugiyama masuda hirano otsuka chiba kubo matsui kojima iwasaki sakurai kinoshita noguchi matsuo nomura kikuchi sano onishi sugimoto arai hamada ichikawa furukawa koyama
`;

export const latinNames: ReadonlySet<string> = new Set(
  written.split(/\s+/).filter(name => name !== ''),
);
