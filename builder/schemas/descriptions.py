"""What each key means, for editors: by class and key, in Norwegian.

Text editors show them while a file is written. What the open data say of the same keys to clients
stands in `builder.data.api_descriptions`: another reader, and another language.
"""

_SOURCE = "Navnet på kilden, som det står under «sources»."
_READING = "Slik leser vi en regel som er uklar. Leseren får se det sammen med tallet."
_NN = "Teksten på nynorsk. Uten den får nynorsklesere bokmål."

DESCRIPTIONS: dict[str, str] = {
    # --- scheme.yaml ---
    "Facts": "Fakta om en tilskuddsordning: navn, frister, lenker, kilder. Satsene står i rules/.",
    "Facts.name": "Hele navnet på ordningen.",
    "Facts.short_name": "Kort navn til lister, overskrifter og kalkulatoren.",
    "Facts.summary": "Hva ordningen er for, i én eller to setninger uten tall.",
    "Facts.state": (
        "«active»: det går an å søke. «closed»: stengt for nye søknader. «archived»: historie. "
        "Er den ikke «active», må «notice» si hvorfor."
    ),
    "Facts.owner": "Hvem som eier ordningen, for eksempel et direktorat.",
    "Facts.target_group": "Hvem arbeidet som får støtte, er for.",
    "Facts.groups": (
        "Det lesere kan finne ordningen ved: «children» (barn og unge), «adults» (voksne), "
        "«families» (familier og pårørende)."
    ),
    "Facts.applicants": "Hvem som kan søke, ett punkt for hver.",
    "Facts.sources": (
        "Kildene, hver med et kort navn (små bokstaver a–z, tall og bindestrek). Resten av filen "
        "og regelverksårene viser til dem med navnet."
    ),
    "Facts.fact_sources": "Navnene på kildene som opplysningene om ordningen bygger på.",
    "Facts.last_checked": "Dagen noen sist kontrollerte opplysningene mot kildene.",
    "Facts.review_by": "Innen denne dagen skal opplysningene kontrolleres på nytt.",
    "Facts.notice": "Det leseren må vite først. Må være med når ordningen ikke er «active».",
    "Facts.administrator": "Hvem som behandler søknadene, når det ikke er eieren.",
    "Facts.deadlines": "Alle frister dere kjenner, også for tidligere år.",
    "Facts.links": "Lenker til skjema, regelverk og sidene til eieren.",
    "Facts.contacts": "Offisielle postmottak. Aldri en saksbehandler.",
    "Facts.bekreft": (
        "Står her til noen har kontrollert opplysningene om ordningen. Ta bort linjen da. Så lenge "
        "den står, kan ordningen bare vises som utkast."
    ),
    "Body": "Et offentlig organ.",
    "Body.name": "Navnet.",
    "Body.url": "Nettsiden, med https:// først.",
    "Link": "En lenke ut fra nettstedet.",
    "Link.kind": "«form» (søknadsskjema), «owner» (siden til eieren) eller «rules» (regelverk).",
    "Link.label": "Det som står på lenken: hvor den leder.",
    "Link.url": "Adressen, med https:// først.",
    "Contact": "Et offisielt postmottak.",
    "Contact.name": "Hvem sitt postmottak det er.",
    "Contact.email": "E-postadressen. Aldri adressen til en person.",
    "Deadline": "En frist: nøyaktig én av «date», «expected» og «unknown: true».",
    "Deadline.kind": "«application» (søknadsfrist) eller «reporting» (rapporteringsfrist).",
    "Deadline.for_year": "Kalenderåret pengene gjelder for.",
    "Deadline.source": _SOURCE,
    "Deadline.date": "Siste dag, for eksempel 2027-04-07.",
    "Deadline.opens": "Første dag det går an å søke, når den er kjent.",
    "Deadline.expected": "Måneden fristen er ventet i, for eksempel 2027-04, når dagen er ukjent.",
    "Deadline.unknown": "«true» når verken dag eller måned er kjent.",
    "Deadline.time": 'Klokkeslettet på «date», i anførselstegn: "23:59". Bare når kilden sier det.',
    "Deadline.area": "Hvem fristen gjelder for, når den ikke gjelder hele landet.",
    "Text": "En tekst på bokmål og gjerne nynorsk.",
    "Text.nb": "Teksten på bokmål.",
    "Text.nn": _NN,
    "Source": "Hvor et tall eller en opplysning står.",
    "Source.title": "Tittelen på siden eller dokumentet, på språket den har.",
    "Source.publisher": "Hvem som har utgitt den.",
    "Source.url": "Adressen, med https:// først. Uten den kan ikke leseren slå opp selv.",
    "Source.published": "Dagen den ble utgitt.",
    "Source.read": "Dagen dere leste den.",
    "Source.note": "Det leseren bør vite om kilden.",
    # --- rules/<year>.yaml ---
    "Rules": "Regelverket for dem som får tilskudd første gang i ett kalenderår.",
    "Rules.year": "Regelverksåret. Det samme som i filnavnet.",
    "Rules.sources": "Kilder som bare dette regelverksåret har. De andre står i scheme.yaml.",
    "Rules.tracks": (
        "Sporene (prioritetene) i ordningen, hvert med et kort navn av små bokstaver a–z, tall og "
        "bindestrek."
    ),
    "Rules.examples": "Regneeksempler. De vises på sidene, og svaret kontrolleres hver gang.",
    "Track": (
        "Et spor med egne satser. Det regnes ut fra nøyaktig én ting: «rate», «ladder» i kroner "
        "eller «on_request». Kan det ikke regnes ut, sier «not_computable» hvorfor."
    ),
    "Track.name": "Navnet på sporet.",
    "Track.rate": "Satsen: kroner per årsverk eller per person.",
    "Track.on_request": "Søkeren ber om et beløp. Ingenting regnes per årsverk eller person.",
    "Track.own_rules": "Leseren skriver reglene selv. Ikke for vanlige ordninger.",
    "Track.max_units": "Det høyeste antallet årsverk eller personer som teller.",
    "Track.caps": "Det meste som blir gitt: per team, per år eller per søker.",
    "Track.bands": "Det meste som blir gitt etter innbyggertall, de minste kommunene først.",
    "Track.other_costs": "Om andre utgifter enn årsverk eller personer kan dekkes.",
    "Track.ladder": "Nedtrappingen (stigen): ett tall for hvert tilskuddsår.",
    "Track.pre_project": "Det meste som blir gitt til forprosjekt (tilskuddsår 0).",
    "Track.training": "Penger til opplæring. De er en del av tilskuddet og kommer ikke i tillegg.",
    "Track.payment": "Når tilskuddet utbetales. Uten denne: hvert år for seg.",
    "Track.use_years": "Over hvor mange år beløpet kan brukes, når alt utbetales det første året.",
    "Track.transition": "En overgangsordning: Reglene gjelder for kalenderåret.",
    "Track.national_frame": "Det alle søkerne deler. Vises, men det regnes ikke med det.",
    "Track.not_computable": "Hvorfor ingen kan regne ut beløpet på forhånd.",
    "Track.closed_from": "Fra hvilket år ingen nye får tilskudd.",
    "Track.start": "Svarene skjemaet er fylt ut med fra starten. Eksempler, ikke råd.",
    "Figure": (
        "Et tall med enhet og kilde. Skriv «value» når tallet er kjent, og «unknown» når ingen "
        "kilde sier det. Gjett aldri."
    ),
    "Figure.unit": "Enheten tallet er i.",
    "Figure.source": _SOURCE,
    "Figure.value": (
        "Tallet, uten skille mellom tusener og med punktum for desimaler: 500000 eller 66.7."
    ),
    "Figure.unknown": (
        "Hvor leseren finner tallet når kildene ikke sier det: «tilskuddsbrevet», eller «ingen»."
    ),
    "Figure.note": "Det leseren bør vite om tallet.",
    "Figure.reading": _READING,
    "Caps": "Det meste som blir gitt.",
    "Caps.team": "Per team.",
    "Caps.year": "Per år.",
    "Caps.applicant": "Per søker.",
    "Band": "Det meste en kommune av en viss størrelse kan få.",
    "Band.amount": "Beløpet.",
    "Band.up_to": "Gjelder til og med så mange innbyggere. Den siste gruppen er uten.",
    "Ladder": "Nedtrappingen (stigen).",
    "Ladder.years": (
        "Ett tall for hvert tilskuddsår, det første først: prosent av fullt tilskudd, eller kroner "
        "per årsverk eller person i alle årene."
    ),
    "Ladder.reading": _READING,
    "Training": "Penger til opplæring, som en del av tilskuddet.",
    "Training.per_unit": "Kroner per årsverk eller person.",
    "Training.limit": "«fixed»: akkurat så mye. «at_most»: høyst så mye.",
    "OtherCosts": "Om andre utgifter kan dekkes.",
    "OtherCosts.allowed": "«true» hvis de kan dekkes, «false» hvis ikke.",
    "OtherCosts.source": _SOURCE,
    "OtherCosts.reading": _READING,
    "OnRequest": "Søkeren ber om et beløp.",
    "OnRequest.source": _SOURCE,
    "Payment": "Når tilskuddet utbetales.",
    "Payment.profile": "«yearly»: hvert år for seg. «first_year»: alt det første året.",
    "Payment.source": _SOURCE,
    "Transition": "En overgangsordning for dem som hadde tilskudd et bestemt år.",
    "Transition.funded_in": "Kalenderåret de måtte ha tilskudd i.",
    "Transition.source": _SOURCE,
    "NotComputable": "Hvorfor beløpet ikke kan regnes ut på forhånd.",
    "NotComputable.because": (
        "«discretionary»: beløpet blir bestemt etter skjønn. «basis_unknown»: vi mangler reglene."
    ),
    "NotComputable.text": "Forklaringen, med egne ord.",
    "NotComputable.source": _SOURCE,
    "Closed": "Fra hvilket år ingen nye får tilskudd, og hvorfor.",
    "Closed.year": "Det første året uten nye tilskudd.",
    "Closed.text": "Forklaringen, med egne ord.",
    "Closed.source": _SOURCE,
    "Example": "Et regneeksempel: svarene, og det kalkulatoren skal svare.",
    "Example.title": "Hva eksempelet viser.",
    "Example.answers": "Det som er fylt ut i skjemaet.",
    "Example.expect": "Det kalkulatoren skal svare. Bare det som står her, blir kontrollert.",
    "Expectation": "Det kalkulatoren skal svare.",
    "Expectation.status": (
        "«estimate» (beregning, også når linjen mangler), «needs_input» (noe mangler), "
        "«not_eligible» (kan ikke få), «not_computable» (kan ikke regnes ut), «closed» (stengt)."
    ),
    "Expectation.award": "Tilskuddet hvert år, i kroner. «null» i et år der det ikke kan sies.",
    "Expectation.own_funding": "Egenfinansieringen hvert år, i kroner.",
    "Expectation.positions_part": "Den delen av tilskuddet som kommer av årsverk, i kroner.",
    "Expectation.total": "Summen av tilskuddene, i kroner.",
    "Expectation.missing": "Svarene kalkulatoren fortsatt spør etter.",
    # What the loader takes out before the model sees it
    "bekreft": (
        "Står her til noen har kontrollert dette mot kilden. Ta bort «bekreft: true» da. Så lenge "
        "det står, kan dette bare vises som utkast."
    ),
    "Visibility.draft": "«true»: et utkast. Det vises i forhåndsvisningen og blir aldri publisert.",
    "Visibility.publish_date": "Første dag på nettstedet. Uten den: fra neste publisering.",
    "Visibility.expiry_date": "Første dag dette ikke lenger skal være på nettstedet.",
    "Visibility.aliases": (
        "Tidligere adresser på bokmål, som /gammelt-navn/. De leder videre til adressen nå."
    ),
    # --- changes/*.yaml ---
    "ChangeFacts": "En endring som leserne får vite om.",
    "ChangeFacts.date": "Dagen dere publiserer endringen. Den samme som i filnavnet.",
    "ChangeFacts.kind": "«rule_changed»: regelen er endret. «correction»: vi tok feil.",
    "ChangeFacts.scheme": "Navnet på mappen til ordningen.",
    "ChangeFacts.years": "Regelverksårene endringen gjelder.",
    "ChangeFacts.title": "Hva som er endret, kort.",
    "ChangeFacts.text": "Hva som er endret, og for hvem.",
    "ChangeFacts.source": (
        "Navnet på kilden, som det står under «sources» i ordningen. En rettelse av egen feil kan "
        "stå uten."
    ),
    # --- Answers, by name: in `start` and in worked examples ---
    "answer.track": "Sporet, med navnet det har under «tracks».",
    "answer.plan_year": "Det første budsjettåret som skal vises.",
    "answer.years_received": "Hvor mange år søkeren har fått tilskudd før det.",
    "answer.own_rate": "Satsen leseren skriver selv.",
    "answer.positions": "Antall årsverk.",
    "answer.persons": "Antall personer.",
    "answer.own_cap": "Taket leseren skriver selv, i kroner.",
    "answer.requested_amount": "Beløpet søkeren ber om, i kroner.",
    "answer.population": "Innbyggertallet i kommunen.",
    "answer.use_years": "Over hvor mange år beløpet skal brukes.",
    "answer.full_award": "Fullt tilskudd etter tilskuddsbrevet, i kroner.",
    "answer.taper_assumption": (
        "Slik leseren regner med at andelene blir: «even», «half» eller «own»."
    ),
    "answer.share_year": "Andelen i dette tilskuddsåret etter tilskuddsbrevet, i prosent.",
    "answer.award_year": "Tilskuddet i dette tilskuddsåret etter tilskuddsbrevet, i kroner.",
    "answer.cost_per_position": "Lønnskostnaden per årsverk og år, i kroner.",
    "answer.cost_per_person": "Kostnaden per person og år, i kroner.",
    "answer.yearly_cost": "Hele kostnaden per år, i kroner.",
    "answer.other_costs": "Andre kostnader per år, i kroner.",
    "answer.cost_growth": "Hvor mye kostnadene øker hvert år, i prosent.",
    "answer.pre_project_amount": "Beløpet søkeren ber om til forprosjekt, i kroner.",
}
