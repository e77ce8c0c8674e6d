"""Promise 32, counted: ordinary Welsh brings people at most twice as often as ordinary English."""

from core.safety import Category, Context, House, Verdict
from moderation import rulebooks, screening

JUDGE = screening.shipped()
WELSH = """Bore da bawb, sut noson gawsoch chi?
Dwi wedi blino'n lân ar ôl y shifft nos
Mae'r plant yn yr ysgol o'r diwedd, paned amdani
Diolch am wrando arna i neithiwr
Mae hi'n bwrw glaw eto yn fan hyn
Ges i apwyntiad o'r diwedd, dydd Iau nesaf
Roedd y meddyg yn glên iawn efo fi
Dwi ddim yn cysgu'n dda ers wythnosau
Wyt ti wedi trio cerdded yn y bore?
Mae'n anodd codi weithiau, ond fe wnes i
Dwi'n colli Dad yn ofnadwy heddiw
Flwyddyn yn ôl i heddiw fuodd Mam farw
Sut wyt ti'n ymdopi efo'r Nadolig?
Dwi'n teimlo'n isel ond dwi'n saff
Mae'r ci wedi bod yn gwmni da i mi
Ges i ffrae efo fy chwaer, a dwi'n difaru
Dwi'n newydd yma ac ychydig yn swil
Croeso mawr i ti, mae pawb yn garedig yma
Dwi'n mynd i'r côr heno am y tro cyntaf
Mae'r tabledi yn gwneud i mi gysgu drwy'r dydd
Wnes i grio yn y car wedyn, ond mi basiodd
Pryd mae'r cyfarfod nesaf, os gwelwch yn dda?
Fedra i ddim dod nos Fawrth, sori
Dwi'n gofalu am fy ngŵr ers saith mlynedd
Mae'n unig weithiau, yn enwedig gyda'r nos
Dim ond isio dweud helo oeddwn i
Roedd y ffair yn brysur ond mi wnes i aros awr
Mae fy mhen i'n troi efo'r gwaith papur
Dwi'n falch iawn ohonot ti
Cymer ofal ohonot dy hun, mae'n ddigon am heddiw
Mi wnes i gacen ac mae hi'n fflat fel crempog
Dwi wedi cael llond bol ar y tywydd yma
Mae'r nyrs yn dod bob bore Llun
Beth wyt ti'n ei wneud pan mae'r lleisiau'n uchel?
Mae'r lleisiau'n dawelach heddiw, diolch byth
Dwi'n darllen pob dim ond ddim yn dweud llawer
Nos da bawb, tan fory
Mae'r wyna bron ar ben a dwi'n cysgu ar fy nhraed
Dwi'n dysgu gwau, mae'n help i'r nerfau
Es i allan heddiw am y tro cyntaf ers wythnos
Mae'n braf cael siarad Cymraeg am hyn
Dwi'n poeni am y budd-daliadau eto
Gawn ni siarad am rywbeth arall am dipyn?
Mae fy mab yn gwrthod siarad efo neb
Wnes i ddim ateb y ffôn drwy'r dydd
Dwi'n well nag oeddwn i'r haf diwethaf
Diolch i ti am ofyn, mae'n golygu lot
Mae'r bws yn hwyr eto, fel arfer
Sgen i ddim egni i wneud swper heno
Bydda i yma nos yfory os bydd rhywun isio sgwrs""".splitlines()


def share(texts: list[str], context: Context) -> float:
    return sum(JUDGE.screen(text, context) != Verdict() for text in texts) / len(texts)


def test_promise_32_ordinary_welsh_brings_people_at_most_twice_as_often_as_english() -> None:
    for budget in (1, 5, 20):
        context = Context(house=House(looks=tuple((about, budget) for about in Category)))
        english = share(list(rulebooks.ordinary_talk()), context)
        assert share(WELSH, context) <= 2 * english
