--
-- PostgreSQL database dump
--



SELECT pg_catalog.set_config('search_path', '', false);



--
-- Name: admin_sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.admin_sessions (
    id integer NOT NULL,
    admin_id integer NOT NULL,
    digest text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: admin_sessions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.admin_sessions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: admin_sessions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.admin_sessions_id_seq OWNED BY public.admin_sessions.id;


--
-- Name: admins; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.admins (
    id integer NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_admins_known_role CHECK ((role = ANY (ARRAY['owner'::text, 'editor'::text, 'viewer'::text])))
);


--
-- Name: admins_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.admins_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: admins_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.admins_id_seq OWNED BY public.admins.id;


--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: chores; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.chores (
    id integer NOT NULL,
    kind text NOT NULL,
    course_id integer,
    details json NOT NULL,
    cursor integer NOT NULL,
    done integer NOT NULL,
    total integer NOT NULL,
    state text NOT NULL,
    claim_id text,
    lease_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT ck_chores_known_state CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'failed'::text])))
);


--
-- Name: chores_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.chores_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: chores_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.chores_id_seq OWNED BY public.chores.id;


--
-- Name: compilations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.compilations (
    id integer NOT NULL,
    digest text NOT NULL,
    subject text NOT NULL,
    html text NOT NULL,
    text text NOT NULL,
    links json NOT NULL,
    compiler text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: compilations_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.compilations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: compilations_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.compilations_id_seq OWNED BY public.compilations.id;


--
-- Name: courses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.courses (
    id integer NOT NULL,
    slug text NOT NULL,
    paused_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: courses_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.courses_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: courses_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.courses_id_seq OWNED BY public.courses.id;


--
-- Name: deliveries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deliveries (
    id integer NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    priority integer NOT NULL,
    enrollment_id integer,
    lesson_id integer,
    reader_id integer,
    admin_id integer,
    request_key text,
    edition_id integer,
    wishes_number integer,
    slot_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    day_based boolean NOT NULL,
    asked boolean NOT NULL,
    useless_after timestamp with time zone,
    secrets json,
    claim_id text,
    lease_until timestamp with time zone,
    attempts integer NOT NULL,
    first_tried_at timestamp with time zone,
    repeats integer NOT NULL,
    compilation_id integer,
    revision_id integer,
    "values" json,
    begun_at timestamp with time zone,
    digest text,
    message_id text,
    size integer,
    sent_at timestamp with time zone,
    reply text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_deliveries_due_means_claimable CHECK (((due_at IS NULL) OR (state = ANY (ARRAY['planned'::text, 'uncertain'::text])))),
    CONSTRAINT ck_deliveries_known_kind CHECK ((kind = ANY (ARRAY['lesson'::text, 'repeat'::text, 'confirmation'::text, 'completion'::text, 'sign_in'::text, 'test'::text]))),
    CONSTRAINT ck_deliveries_known_state CHECK ((state = ANY (ARRAY['planned'::text, 'claimed'::text, 'sending'::text, 'uncertain'::text, 'sent'::text, 'skipped'::text, 'cancelled'::text, 'failed'::text]))),
    CONSTRAINT ck_deliveries_lesson_has_its_place CHECK (((kind <> 'lesson'::text) OR ((enrollment_id IS NOT NULL) AND (lesson_id IS NOT NULL)))),
    CONSTRAINT ck_deliveries_one_recipient CHECK (((reader_id IS NULL) <> (admin_id IS NULL)))
);


--
-- Name: deliveries_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.deliveries_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: deliveries_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.deliveries_id_seq OWNED BY public.deliveries.id;


--
-- Name: edition_lessons; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.edition_lessons (
    id integer NOT NULL,
    edition_id integer NOT NULL,
    lesson_id integer NOT NULL,
    revision_id integer NOT NULL,
    compilation_id integer,
    publication_id integer,
    "position" integer NOT NULL,
    file_name text NOT NULL
);


--
-- Name: edition_lessons_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.edition_lessons_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: edition_lessons_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.edition_lessons_id_seq OWNED BY public.edition_lessons.id;


--
-- Name: edition_letters; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.edition_letters (
    id integer NOT NULL,
    edition_id integer NOT NULL,
    name text NOT NULL,
    compilation_id integer NOT NULL
);


--
-- Name: edition_letters_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.edition_letters_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: edition_letters_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.edition_letters_id_seq OWNED BY public.edition_letters.id;


--
-- Name: edition_media; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.edition_media (
    id integer NOT NULL,
    edition_id integer NOT NULL,
    path text NOT NULL,
    digest text NOT NULL
);


--
-- Name: edition_media_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.edition_media_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: edition_media_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.edition_media_id_seq OWNED BY public.edition_media.id;


--
-- Name: editions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.editions (
    id integer NOT NULL,
    course_id integer NOT NULL,
    number integer NOT NULL,
    previous_id integer,
    state text NOT NULL,
    source text NOT NULL,
    saves integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    published_by text,
    undo_until timestamp with time zone,
    CONSTRAINT ck_editions_known_state CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'retired'::text])))
);


--
-- Name: editions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.editions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: editions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.editions_id_seq OWNED BY public.editions.id;


--
-- Name: enrollments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.enrollments (
    id integer NOT NULL,
    handle text NOT NULL,
    reader_id integer NOT NULL,
    course_id integer NOT NULL,
    run integer NOT NULL,
    state text NOT NULL,
    wishes json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    anchor_at timestamp with time zone,
    anchor_wait text,
    paused_until timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT ck_enrollments_known_state CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'paused'::text, 'completed'::text, 'ended'::text])))
);


--
-- Name: enrollments_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.enrollments_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: enrollments_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.enrollments_id_seq OWNED BY public.enrollments.id;


--
-- Name: house; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.house (
    id integer NOT NULL,
    identity_key bytea NOT NULL,
    sign_in_id integer,
    CONSTRAINT ck_house_one_row CHECK ((id = 1))
);


--
-- Name: house_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.house_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: house_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.house_id_seq OWNED BY public.house.id;


--
-- Name: lessons; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lessons (
    id integer NOT NULL,
    course_id integer NOT NULL,
    key text NOT NULL
);


--
-- Name: lessons_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lessons_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: lessons_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.lessons_id_seq OWNED BY public.lessons.id;


--
-- Name: media; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.media (
    digest text NOT NULL,
    media_type text NOT NULL,
    data bytea NOT NULL
);


--
-- Name: pauses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pauses (
    id integer NOT NULL,
    course_id integer NOT NULL,
    enrollment_id integer,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    mode text
);


--
-- Name: pauses_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.pauses_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: pauses_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.pauses_id_seq OWNED BY public.pauses.id;


--
-- Name: publications; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.publications (
    id integer NOT NULL,
    lesson_id integer NOT NULL,
    followers json NOT NULL,
    published_at timestamp with time zone NOT NULL
);


--
-- Name: publications_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.publications_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: publications_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.publications_id_seq OWNED BY public.publications.id;


--
-- Name: readers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.readers (
    id integer NOT NULL,
    handle text NOT NULL,
    email text NOT NULL,
    digest text NOT NULL,
    name text NOT NULL,
    timezone text,
    hour text,
    pace double precision NOT NULL,
    wishes_number integer NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: readers_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.readers_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: readers_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.readers_id_seq OWNED BY public.readers.id;


--
-- Name: revisions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revisions (
    id integer NOT NULL,
    lesson_id integer NOT NULL,
    number integer NOT NULL,
    source text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text
);


--
-- Name: revisions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.revisions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: revisions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.revisions_id_seq OWNED BY public.revisions.id;


--
-- Name: sign_in_links; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sign_in_links (
    id integer NOT NULL,
    admin_id integer NOT NULL,
    digest text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);


--
-- Name: sign_in_links_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sign_in_links_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sign_in_links_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sign_in_links_id_seq OWNED BY public.sign_in_links.id;


--
-- Name: signs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.signs (
    id integer NOT NULL,
    enrollment_id integer NOT NULL,
    lesson_id integer NOT NULL,
    said_at timestamp with time zone NOT NULL
);


--
-- Name: signs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.signs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: signs_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.signs_id_seq OWNED BY public.signs.id;


--
-- Name: suppressions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.suppressions (
    id integer NOT NULL,
    digest text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT ck_suppressions_known_reason CHECK ((reason = ANY (ARRAY['left-all'::text, 'bounce'::text, 'complaint'::text])))
);


--
-- Name: suppressions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.suppressions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: suppressions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.suppressions_id_seq OWNED BY public.suppressions.id;


--
-- Name: admin_sessions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admin_sessions ALTER COLUMN id SET DEFAULT nextval('public.admin_sessions_id_seq'::regclass);


--
-- Name: admins id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admins ALTER COLUMN id SET DEFAULT nextval('public.admins_id_seq'::regclass);


--
-- Name: chores id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chores ALTER COLUMN id SET DEFAULT nextval('public.chores_id_seq'::regclass);


--
-- Name: compilations id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.compilations ALTER COLUMN id SET DEFAULT nextval('public.compilations_id_seq'::regclass);


--
-- Name: courses id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.courses ALTER COLUMN id SET DEFAULT nextval('public.courses_id_seq'::regclass);


--
-- Name: deliveries id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries ALTER COLUMN id SET DEFAULT nextval('public.deliveries_id_seq'::regclass);


--
-- Name: edition_lessons id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons ALTER COLUMN id SET DEFAULT nextval('public.edition_lessons_id_seq'::regclass);


--
-- Name: edition_letters id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_letters ALTER COLUMN id SET DEFAULT nextval('public.edition_letters_id_seq'::regclass);


--
-- Name: edition_media id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_media ALTER COLUMN id SET DEFAULT nextval('public.edition_media_id_seq'::regclass);


--
-- Name: editions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.editions ALTER COLUMN id SET DEFAULT nextval('public.editions_id_seq'::regclass);


--
-- Name: enrollments id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments ALTER COLUMN id SET DEFAULT nextval('public.enrollments_id_seq'::regclass);


--
-- Name: house id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.house ALTER COLUMN id SET DEFAULT nextval('public.house_id_seq'::regclass);


--
-- Name: lessons id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lessons ALTER COLUMN id SET DEFAULT nextval('public.lessons_id_seq'::regclass);


--
-- Name: pauses id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pauses ALTER COLUMN id SET DEFAULT nextval('public.pauses_id_seq'::regclass);


--
-- Name: publications id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publications ALTER COLUMN id SET DEFAULT nextval('public.publications_id_seq'::regclass);


--
-- Name: readers id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.readers ALTER COLUMN id SET DEFAULT nextval('public.readers_id_seq'::regclass);


--
-- Name: revisions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions ALTER COLUMN id SET DEFAULT nextval('public.revisions_id_seq'::regclass);


--
-- Name: sign_in_links id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_links ALTER COLUMN id SET DEFAULT nextval('public.sign_in_links_id_seq'::regclass);


--
-- Name: signs id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signs ALTER COLUMN id SET DEFAULT nextval('public.signs_id_seq'::regclass);


--
-- Name: suppressions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suppressions ALTER COLUMN id SET DEFAULT nextval('public.suppressions_id_seq'::regclass);


--
-- Data for Name: admin_sessions; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: admins; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.admins VALUES (1, 'owner@example.org', '', 'owner', NULL, '2027-01-04 21:00:00+13');


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES ('0002');


--
-- Data for Name: chores; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.chores VALUES (1, 'replan', 1, '{}', 0, 0, 0, 'open', NULL, NULL, '2027-01-04 21:00:00+13', NULL);
INSERT INTO public.chores VALUES (2, 'replan', 2, '{}', 0, 0, 0, 'open', NULL, NULL, '2027-01-04 21:00:00+13', NULL);


--
-- Data for Name: compilations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.compilations VALUES (1, 'ef25b14b8954a153a260f7c0e055d194fc5ec2db9f2644c9b5c5a849da55d428', '{{ lesson.subject }}', '<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "welcome"
subject: "About welcome"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about welcome.
</pre>', '---
id: "welcome"
subject: "About welcome"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about welcome.
', '[]', 'by hand', '2027-01-04 21:00:00+13');
INSERT INTO public.compilations VALUES (2, '5a7759df4f62300bc050e8ae7e7f12d09350d7ed3e97a1bd0248bfd22c870480', '{{ lesson.subject }}', '<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "trust"
subject: "About trust"
status: "published"
wait: "1 day"
---

Dear {{ reader.name }}, this is about trust.
</pre>', '---
id: "trust"
subject: "About trust"
status: "published"
wait: "1 day"
---

Dear {{ reader.name }}, this is about trust.
', '[]', 'by hand', '2027-01-04 21:00:00+13');
INSERT INTO public.compilations VALUES (3, '4f320af9bb025d4b54d125bf059f9db9a93b4e0fa437bae24e312336d718bd37', '{{ lesson.subject }}', '<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "space"
subject: "About space"
status: "published"
wait: "2 days"
---

Dear {{ reader.name }}, this is about space.
</pre>', '---
id: "space"
subject: "About space"
status: "published"
wait: "2 days"
---

Dear {{ reader.name }}, this is about space.
', '[]', 'by hand', '2027-01-04 21:00:00+13');
INSERT INTO public.compilations VALUES (4, '93cdccc66f8c7f8e670f513593663b243eb1e219766844ba75472272e01a2d6f', '{{ lesson.subject }}', '<!doctype html><title>{{ lesson.subject }}</title><pre>confirmation</pre>', 'confirmation', '[]', 'by hand', '2027-01-04 21:00:00+13');
INSERT INTO public.compilations VALUES (5, '21606b5837ee49171e56cff2afe21083fb4dfe5c15c79b54695c2dc335181c89', '{{ lesson.subject }}', '<!doctype html><title>{{ lesson.subject }}</title><pre>completion</pre>', 'completion', '[]', 'by hand', '2027-01-04 21:00:00+13');
INSERT INTO public.compilations VALUES (6, 'f1ae356f020daec0d9ca7d931a1ce49391741e1c8d71fe18828f2685ee98473a', '{{ lesson.subject }}', '<!doctype html><title>{{ lesson.subject }}</title><pre>already_in</pre>', 'already_in', '[]', 'by hand', '2027-01-04 21:00:00+13');
INSERT INTO public.compilations VALUES (7, '49b12315e9fcddd3d008e7dec5688535a63187bc58d39b8abf7889f37dbb58f7', '{{ lesson.subject }}', '<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "flour"
subject: "About flour"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about flour.
</pre>', '---
id: "flour"
subject: "About flour"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about flour.
', '[]', 'by hand', '2027-01-04 21:00:00+13');


--
-- Data for Name: courses; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.courses VALUES (1, 'small', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.courses VALUES (2, 'bread', NULL, '2027-01-04 21:00:00+13');


--
-- Data for Name: deliveries; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.deliveries VALUES (1, 'confirmation', 'sent', 0, 1, NULL, 1, NULL, NULL, 2, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (3, 'confirmation', 'sent', 0, 2, NULL, 2, NULL, NULL, 2, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (5, 'confirmation', 'sent', 0, 3, NULL, 3, NULL, NULL, 2, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (7, 'confirmation', 'sent', 0, 4, NULL, 4, NULL, NULL, 2, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (9, 'confirmation', 'sent', 0, 5, NULL, 5, NULL, NULL, 1, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (11, 'confirmation', 'sent', 0, 6, NULL, 6, NULL, NULL, 1, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (13, 'confirmation', 'sent', 0, 7, NULL, 7, NULL, NULL, 1, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (15, 'confirmation', 'sent', 0, 8, NULL, 8, NULL, NULL, 1, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (17, 'confirmation', 'sent', 0, 9, NULL, 9, NULL, NULL, 1, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (19, 'confirmation', 'sent', 0, 10, NULL, 10, NULL, NULL, 1, NULL, '2027-01-04 21:00:00+13', NULL, false, false, '2027-01-07 21:00:00+13', 'null', '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 4, NULL, '{"reader": {"name": ""}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 0, "count": 3, "subject": ""}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "confirmation:small:confirmation:meantime", "to": "", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:03.686678+13', '85234ae086d60b139429e9b2f369996d6c27e91c751cd6864eb7d809cae1110b', '<8b7f32b967a8b2183de2fc41c2b09c5d@example.org>', 639, '2027-01-04 21:03:03.767454+13', '250 2.0.0 Accepted', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (2, 'lesson', 'sent', 0, 1, 4, 1, NULL, NULL, 2, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, 'null', '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 7, 4, '{"reader": {"name": "Completed"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Completed", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:03.767454+13', '7f6f20fae8763a44fcf516bef1e5cd67ae33e552572bef757506e0c1c8a7393c', '<7fbf2ba0058c13c6ae7fe5d284b94b22@example.org>', 1244, '2027-01-04 21:03:03.886819+13', '250 2.0.0 Accepted', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (4, 'lesson', 'failed', 0, 2, 4, 2, NULL, NULL, 2, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, NULL, '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 7, 4, '{"reader": {"name": "Failed"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Failed", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:03.886819+13', '79e035d7505cebb10b4d2fe8f1532179651d2cc39675a805014df3844e2b3b5d', '<2ecac14535489bd7d65f407abb68a161@example.org>', 1232, NULL, '550 5.1.1 No such user', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (6, 'lesson', 'uncertain', 0, 3, 4, 3, NULL, NULL, 2, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, NULL, '7e8b355266147b0b7cbdd7cb', '2026-11-23 07:03:06.018156+13', 1, NULL, 0, 7, 4, '{"reader": {"name": "Uncertain"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Uncertain", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:04.05737+13', '93c9a822bf4528ae62758facbea75c8495955549149dad9e6f305cd1b3ef85ba', '<837bc82dad02ae94df7323ca8d5f3835@example.org>', 1244, NULL, 'The whole message was handed over and no answer came: the server hung up', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (10, 'lesson', 'sent', 0, 5, 1, 5, NULL, NULL, 1, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, 'null', '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 1, 1, '{"reader": {"name": "Active"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Active", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:04.285643+13', 'f34c9bae1f84fe92858a2c93f79b0c7cd351b99415f35754067e62fc6c3dc3ec', '<59fa8278917a08abfbb6e750bc30caa9@example.org>', 1250, '2027-01-04 21:03:04.399622+13', '250 2.0.0 Accepted', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (14, 'lesson', 'sent', 0, 7, 1, 7, NULL, NULL, 1, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, 'null', '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 1, 1, '{"reader": {"name": "Ended"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Ended", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:04.461451+13', 'faa724c461932966537c35b53e0e3c8ab39ab19e19aaa9a830a6edca15d49127', '<30069222f179515cc9b1fc11970f5456@example.org>', 1246, '2027-01-04 21:03:04.515857+13', '250 2.0.0 Accepted', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (21, 'lesson', 'planned', 1, 5, 2, 5, NULL, NULL, 1, 1, '2027-01-05 16:15:00+13', '2027-01-05 16:15:00+13', true, false, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:03:04.399622+13');
INSERT INTO public.deliveries VALUES (12, 'lesson', 'sent', 0, 6, 1, 6, NULL, NULL, 1, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, 'null', '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 1, 1, '{"reader": {"name": "Paused"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Paused", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:04.399622+13', 'ae2b51de99fcc945dbfd462cea3110c6f3a39c8560116bcc611ebda519f4f499', '<b0939da750f539a69ea7002ae1ebea8a@example.org>', 1250, '2027-01-04 21:03:04.461451+13', '250 2.0.0 Accepted', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (16, 'lesson', 'sent', 0, 8, 1, 8, NULL, NULL, 1, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, 'null', '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 1, 1, '{"reader": {"name": "Skipped"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Skipped", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:04.515857+13', 'e1d504bfa5dea79ebe071636470231b89527913c76206bcf1979e381f3664b5c', '<84c159a9241176c358ab10f3d65a3933@example.org>', 1254, '2027-01-04 21:03:04.627345+13', '250 2.0.0 Accepted', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (18, 'lesson', 'sent', 0, 9, 1, 9, NULL, NULL, 1, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, 'null', '7e8b355266147b0b7cbdd7cb', NULL, 1, NULL, 0, 1, 1, '{"reader": {"name": "Claimed"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Claimed", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:04.627345+13', '8fc695861bd064d6628bd817af5d58c09c7695536526bf2ada742998844f7923', '<1cb1ef7032631d5a42f1b62c2a1c6780@example.org>', 1254, '2027-01-04 21:03:04.780235+13', '250 2.0.0 Accepted', '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (20, 'completion', 'sent', 0, 1, NULL, 1, NULL, 'completion:AmKklUK31OjzWcrS', 2, NULL, '2027-01-04 21:03:03.886819+13', NULL, false, false, NULL, 'null', '005a9f234602c9be1f84eed0', NULL, 1, NULL, 0, 5, NULL, '{"reader": {"name": "Completed"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 0, "count": 1, "subject": ""}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "completion:bread:completion:meantime", "to": "Completed", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:06:04.897914+13', '6dd0c624ac0d0ac7e5ae634916ee40425075c94e5111bc9f1694ec7bb1c77679', '<36a99b85fcecab19498c8bae71e25d4f@example.org>', 995, '2027-01-04 21:06:05.006898+13', '250 2.0.0 Accepted', '2027-01-04 21:03:03.886819+13');
INSERT INTO public.deliveries VALUES (22, 'lesson', 'planned', 1, 6, 2, 6, NULL, NULL, 1, 1, '2027-01-05 16:15:00+13', NULL, true, false, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:03:04.461451+13');
INSERT INTO public.deliveries VALUES (23, 'lesson', 'cancelled', 1, 7, 2, 7, NULL, NULL, 1, 1, '2027-01-05 16:15:00+13', NULL, true, false, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL, 'The reader has left.', '2027-01-04 21:03:04.515857+13');
INSERT INTO public.deliveries VALUES (24, 'lesson', 'skipped', 1, 8, 2, 8, NULL, NULL, 1, 1, '2027-01-05 16:15:00+13', NULL, true, false, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 2, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13', 'It would make no sense any more.', '2027-01-04 21:03:04.627345+13');
INSERT INTO public.deliveries VALUES (26, 'lesson', 'planned', 1, 8, 3, 8, NULL, NULL, 1, 1, '2027-01-06 16:15:00+13', '2027-01-06 16:15:00+13', true, false, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:00:00+13');
INSERT INTO public.deliveries VALUES (25, 'lesson', 'claimed', 1, 9, 2, 9, NULL, NULL, 1, 1, '2027-01-05 16:15:00+13', NULL, true, false, NULL, NULL, '000000000000000000000000', '2000-12-31 13:00:00-11', 0, NULL, 0, NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2027-01-04 21:03:04.780235+13');
INSERT INTO public.deliveries VALUES (8, 'lesson', 'sending', 0, 4, 4, 4, NULL, NULL, 2, 1, '2027-01-04 21:00:00.000001+13', NULL, false, false, NULL, NULL, '7e8b355266147b0b7cbdd7cb', '2000-12-31 13:00:00-11', 1, NULL, 0, 7, 4, '{"reader": {"name": "Sending"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Sending", "may": "hour next_now pace pause timezone"}}', '2027-01-04 21:03:04.173204+13', 'c41efeca2d3d4280854913022fc860827bb9afe0aba9cac26dcb356cc0891ba7', '<8d197a780fa8f46b0ce566b7e0386a19@example.org>', 1236, NULL, 'The whole message was handed over and no answer came: the server hung up', '2027-01-04 21:00:00+13');


--
-- Data for Name: edition_lessons; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.edition_lessons VALUES (1, 1, 1, 1, 1, 1, 1, '01-welcome.md');
INSERT INTO public.edition_lessons VALUES (2, 1, 2, 2, 2, 2, 2, '02-trust.md');
INSERT INTO public.edition_lessons VALUES (3, 1, 3, 3, 3, 3, 3, '03-space.md');
INSERT INTO public.edition_lessons VALUES (4, 2, 4, 4, 7, 4, 1, '01-flour.md');


--
-- Data for Name: edition_letters; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.edition_letters VALUES (1, 1, 'confirmation', 4);
INSERT INTO public.edition_letters VALUES (2, 1, 'completion', 5);
INSERT INTO public.edition_letters VALUES (3, 1, 'already_in', 6);
INSERT INTO public.edition_letters VALUES (4, 2, 'confirmation', 4);
INSERT INTO public.edition_letters VALUES (5, 2, 'completion', 5);
INSERT INTO public.edition_letters VALUES (6, 2, 'already_in', 6);


--
-- Data for Name: edition_media; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: editions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.editions VALUES (1, 1, 1, NULL, 'published', 'slug: small
title: The small course
sender: {name: Robin, email: robin@example.org}
ends: yes
reader_may: [hour, timezone, pace, pause, next_now]
schedule:
  hour: "09:00"
  timezone: "America/New_York"
  weekdays: [mon, tue, wed, thu, fri, sat, sun]
  quiet: "none"
', 1, '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', 'Robin', NULL);
INSERT INTO public.editions VALUES (2, 2, 1, NULL, 'published', 'slug: bread
title: The bread course
sender: {name: Robin, email: robin@example.org}
ends: yes
reader_may: [hour, timezone, pace, pause, next_now]
schedule:
  hour: "09:00"
  timezone: "America/New_York"
  weekdays: [mon, tue, wed, thu, fri, sat, sun]
  quiet: "none"
', 1, '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', 'Robin', NULL);


--
-- Data for Name: enrollments; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.enrollments VALUES (2, 'O5lSp6e8WabbgW5p', 2, 2, 1, 'active', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (3, 'E81NmTQmXht2Lbi3', 3, 2, 1, 'active', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (4, 'WZfjSPUE3ALu9Oo8', 4, 2, 1, 'active', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (5, 'GCkwUJpq1pRwsqjF', 5, 1, 1, 'active', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (8, 'DCJ1GajcGSgBNzHb', 8, 1, 1, 'active', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (9, 'RY1NaSwRT9Ti0QnT', 9, 1, 1, 'active', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (10, 'ejSuqk36MnMzhiJ1', 10, 1, 1, 'pending', '{"name": "", "timezone": null, "hour": null}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (1, 'AmKklUK31OjzWcrS', 1, 2, 1, 'completed', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, '2027-01-04 21:03:03.886819+13');
INSERT INTO public.enrollments VALUES (6, 'FaXX9YEHpOxXmhoC', 6, 1, 1, 'paused', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, NULL);
INSERT INTO public.enrollments VALUES (7, 'tssRnAU4ZaYTriQJ', 7, 1, 1, 'ended', '{}', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', '2027-01-04 21:00:00+13', NULL, NULL, '2027-01-04 21:00:00+13');


--
-- Data for Name: house; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.house VALUES (1, '\x9637a9f554db0ed3650f237f1f2540eac00589c22f28f1111c8bfac93851be56', NULL);


--
-- Data for Name: lessons; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.lessons VALUES (1, 1, 'welcome');
INSERT INTO public.lessons VALUES (2, 1, 'trust');
INSERT INTO public.lessons VALUES (3, 1, 'space');
INSERT INTO public.lessons VALUES (4, 2, 'flour');


--
-- Data for Name: media; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: pauses; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.pauses VALUES (1, 1, 6, '2027-01-04 21:00:00+13', NULL, 'original');


--
-- Data for Name: publications; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.publications VALUES (1, 1, '[2, 3]', '2027-01-04 21:00:00+13');
INSERT INTO public.publications VALUES (2, 2, '[3]', '2027-01-04 21:00:00+13');
INSERT INTO public.publications VALUES (3, 3, '[]', '2027-01-04 21:00:00+13');
INSERT INTO public.publications VALUES (4, 4, '[]', '2027-01-04 21:00:00+13');


--
-- Data for Name: readers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.readers VALUES (1, 'iBjDeoWOk5JpH7Nv', 'completed@example.org', '060e2cb04d2dd3813aaac3e1f7b6ef24c50c37784801f3af7f2f1f4fade86787', 'Completed', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (2, 'PrCETGMs6hpQw9Ty', 'failed@example.org', '9059ac0c4eebb7407d0049cd66d829c55486a05286ba08cc777af7a0075a9e56', 'Failed', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (3, 'yIoAqOjVL3cjP70c', 'uncertain@example.org', 'cdf06c40e9c57fc07495ae24dae18658c4779420de228e14573de657bbc57bea', 'Uncertain', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (4, 'JKhCFAkoOiMqkrAH', 'sending@example.org', 'b4c158d13d49103a70cc03a045ae35709d05a6ef615f8f7847ba82b6772fa4da', 'Sending', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (5, 'yRbHLlmJb61IDylM', 'active@example.org', 'f4359a20b2546e3136ae988d8ee668d050408a2c2ee76dddb166a7fc19720bf7', 'Active', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (6, 'Vy8KmY4PRlPiW2Lz', 'paused@example.org', '90ae5bf4cb25fabb889a4e62b902a14d3b5f438de93ad6a3a471c4450c8761ea', 'Paused', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (7, 'nh9F1LvwsaFXB7U2', 'ended@example.org', 'df562ad174369585fc9f119875a3b3a861b06d63637e693796d84a6255173d62', 'Ended', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (8, 'eHW6gt3aPey7jCWs', 'skipped@example.org', 'd497a75a62ec8c85303891c945da4aeffb0859df260cee7497f4189600166e0a', 'Skipped', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (9, 'qcNJRyeKphEdJ3J9', 'claimed@example.org', '01f97455d959553adc096800b386367f5df9996420953f2173d9126bd99c395e', 'Claimed', 'Asia/Kathmandu', NULL, 1, 1, '2027-01-04 21:00:00+13');
INSERT INTO public.readers VALUES (10, 'RGxztM6vjTxKAUze', 'pending@example.org', '89bda13de684ef33dcb642a68511933af9b04542f2bf9b3965231eaef1eb08bf', '', NULL, NULL, 1, 0, '2027-01-04 21:00:00+13');


--
-- Data for Name: revisions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.revisions VALUES (1, 1, 1, '---
id: "welcome"
subject: "About welcome"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about welcome.
', '2027-01-04 21:00:00+13', 'Robin');
INSERT INTO public.revisions VALUES (2, 2, 1, '---
id: "trust"
subject: "About trust"
status: "published"
wait: "1 day"
---

Dear {{ reader.name }}, this is about trust.
', '2027-01-04 21:00:00+13', 'Robin');
INSERT INTO public.revisions VALUES (3, 3, 1, '---
id: "space"
subject: "About space"
status: "published"
wait: "2 days"
---

Dear {{ reader.name }}, this is about space.
', '2027-01-04 21:00:00+13', 'Robin');
INSERT INTO public.revisions VALUES (4, 4, 1, '---
id: "flour"
subject: "About flour"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about flour.
', '2027-01-04 21:00:00+13', 'Robin');


--
-- Data for Name: sign_in_links; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: signs; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: suppressions; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Name: admin_sessions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.admin_sessions_id_seq', 1, false);


--
-- Name: admins_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.admins_id_seq', 1, true);


--
-- Name: chores_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.chores_id_seq', 2, true);


--
-- Name: compilations_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.compilations_id_seq', 7, true);


--
-- Name: courses_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.courses_id_seq', 2, true);


--
-- Name: deliveries_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.deliveries_id_seq', 26, true);


--
-- Name: edition_lessons_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.edition_lessons_id_seq', 4, true);


--
-- Name: edition_letters_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.edition_letters_id_seq', 6, true);


--
-- Name: edition_media_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.edition_media_id_seq', 1, false);


--
-- Name: editions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.editions_id_seq', 2, true);


--
-- Name: enrollments_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.enrollments_id_seq', 10, true);


--
-- Name: house_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.house_id_seq', 1, false);


--
-- Name: lessons_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.lessons_id_seq', 4, true);


--
-- Name: pauses_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.pauses_id_seq', 1, true);


--
-- Name: publications_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.publications_id_seq', 4, true);


--
-- Name: readers_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.readers_id_seq', 10, true);


--
-- Name: revisions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.revisions_id_seq', 4, true);


--
-- Name: sign_in_links_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sign_in_links_id_seq', 1, false);


--
-- Name: signs_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.signs_id_seq', 1, false);


--
-- Name: suppressions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.suppressions_id_seq', 1, false);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: deliveries one_delivery_per_request; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT one_delivery_per_request UNIQUE (request_key);


--
-- Name: editions one_edition_per_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.editions
    ADD CONSTRAINT one_edition_per_number UNIQUE (course_id, number);


--
-- Name: enrollments one_enrollment_per_run; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT one_enrollment_per_run UNIQUE (reader_id, course_id, run);


--
-- Name: edition_media one_image_per_path; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_media
    ADD CONSTRAINT one_image_per_path UNIQUE (edition_id, path);


--
-- Name: lessons one_lesson_per_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lessons
    ADD CONSTRAINT one_lesson_per_key UNIQUE (course_id, key);


--
-- Name: edition_letters one_letter_per_name; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_letters
    ADD CONSTRAINT one_letter_per_name UNIQUE (edition_id, name);


--
-- Name: edition_lessons one_place_per_lesson; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons
    ADD CONSTRAINT one_place_per_lesson UNIQUE (edition_id, lesson_id);


--
-- Name: revisions one_revision_per_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT one_revision_per_number UNIQUE (lesson_id, number);


--
-- Name: signs one_sign_per_lesson; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signs
    ADD CONSTRAINT one_sign_per_lesson UNIQUE (enrollment_id, lesson_id);


--
-- Name: admin_sessions pk_admin_sessions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admin_sessions
    ADD CONSTRAINT pk_admin_sessions PRIMARY KEY (id);


--
-- Name: admins pk_admins; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admins
    ADD CONSTRAINT pk_admins PRIMARY KEY (id);


--
-- Name: chores pk_chores; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chores
    ADD CONSTRAINT pk_chores PRIMARY KEY (id);


--
-- Name: compilations pk_compilations; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.compilations
    ADD CONSTRAINT pk_compilations PRIMARY KEY (id);


--
-- Name: courses pk_courses; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.courses
    ADD CONSTRAINT pk_courses PRIMARY KEY (id);


--
-- Name: deliveries pk_deliveries; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT pk_deliveries PRIMARY KEY (id);


--
-- Name: edition_lessons pk_edition_lessons; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons
    ADD CONSTRAINT pk_edition_lessons PRIMARY KEY (id);


--
-- Name: edition_letters pk_edition_letters; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_letters
    ADD CONSTRAINT pk_edition_letters PRIMARY KEY (id);


--
-- Name: edition_media pk_edition_media; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_media
    ADD CONSTRAINT pk_edition_media PRIMARY KEY (id);


--
-- Name: editions pk_editions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.editions
    ADD CONSTRAINT pk_editions PRIMARY KEY (id);


--
-- Name: enrollments pk_enrollments; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT pk_enrollments PRIMARY KEY (id);


--
-- Name: house pk_house; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.house
    ADD CONSTRAINT pk_house PRIMARY KEY (id);


--
-- Name: lessons pk_lessons; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lessons
    ADD CONSTRAINT pk_lessons PRIMARY KEY (id);


--
-- Name: media pk_media; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.media
    ADD CONSTRAINT pk_media PRIMARY KEY (digest);


--
-- Name: pauses pk_pauses; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT pk_pauses PRIMARY KEY (id);


--
-- Name: publications pk_publications; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publications
    ADD CONSTRAINT pk_publications PRIMARY KEY (id);


--
-- Name: readers pk_readers; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.readers
    ADD CONSTRAINT pk_readers PRIMARY KEY (id);


--
-- Name: revisions pk_revisions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT pk_revisions PRIMARY KEY (id);


--
-- Name: sign_in_links pk_sign_in_links; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT pk_sign_in_links PRIMARY KEY (id);


--
-- Name: signs pk_signs; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signs
    ADD CONSTRAINT pk_signs PRIMARY KEY (id);


--
-- Name: suppressions pk_suppressions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.suppressions
    ADD CONSTRAINT pk_suppressions PRIMARY KEY (id);


--
-- Name: admin_sessions uq_admin_sessions_digest; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admin_sessions
    ADD CONSTRAINT uq_admin_sessions_digest UNIQUE (digest);


--
-- Name: admins uq_admins_email; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admins
    ADD CONSTRAINT uq_admins_email UNIQUE (email);


--
-- Name: compilations uq_compilations_digest; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.compilations
    ADD CONSTRAINT uq_compilations_digest UNIQUE (digest);


--
-- Name: courses uq_courses_slug; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.courses
    ADD CONSTRAINT uq_courses_slug UNIQUE (slug);


--
-- Name: enrollments uq_enrollments_handle; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT uq_enrollments_handle UNIQUE (handle);


--
-- Name: readers uq_readers_email; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.readers
    ADD CONSTRAINT uq_readers_email UNIQUE (email);


--
-- Name: readers uq_readers_handle; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.readers
    ADD CONSTRAINT uq_readers_handle UNIQUE (handle);


--
-- Name: sign_in_links uq_sign_in_links_digest; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT uq_sign_in_links_digest UNIQUE (digest);


--
-- Name: chores_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX chores_open ON public.chores USING btree (id) WHERE (state = 'open'::text);


--
-- Name: deliveries_by_message_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_by_message_id ON public.deliveries USING btree (message_id) WHERE (message_id IS NOT NULL);


--
-- Name: deliveries_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_due ON public.deliveries USING btree (priority, due_at) WHERE (due_at IS NOT NULL);


--
-- Name: deliveries_in_trouble; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_in_trouble ON public.deliveries USING btree (state, id) WHERE (state = ANY (ARRAY['failed'::text, 'uncertain'::text]));


--
-- Name: deliveries_leased; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_leased ON public.deliveries USING btree (lease_until) WHERE (lease_until IS NOT NULL);


--
-- Name: deliveries_of_a_reader; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_of_a_reader ON public.deliveries USING btree (reader_id);


--
-- Name: deliveries_of_an_enrollment; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_of_an_enrollment ON public.deliveries USING btree (enrollment_id);


--
-- Name: enrollments_of_a_course; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX enrollments_of_a_course ON public.enrollments USING btree (course_id, id);


--
-- Name: enrollments_unanswered; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX enrollments_unanswered ON public.enrollments USING btree (asked_at) WHERE ((state = 'pending'::text) OR (confirmed_at IS NULL));


--
-- Name: ix_admin_sessions_admin_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_admin_sessions_admin_id ON public.admin_sessions USING btree (admin_id);


--
-- Name: ix_pauses_course_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_pauses_course_id ON public.pauses USING btree (course_id);


--
-- Name: ix_pauses_enrollment_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_pauses_enrollment_id ON public.pauses USING btree (enrollment_id);


--
-- Name: ix_sign_in_links_admin_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sign_in_links_admin_id ON public.sign_in_links USING btree (admin_id);


--
-- Name: one_delivery_per_lesson; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX one_delivery_per_lesson ON public.deliveries USING btree (enrollment_id, lesson_id) WHERE (kind = 'lesson'::text);


--
-- Name: one_draft_per_course; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX one_draft_per_course ON public.editions USING btree (course_id) WHERE (state = 'draft'::text);


--
-- Name: one_open_lesson_per_enrollment; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX one_open_lesson_per_enrollment ON public.deliveries USING btree (enrollment_id) WHERE ((kind = 'lesson'::text) AND (state = ANY (ARRAY['planned'::text, 'claimed'::text, 'sending'::text, 'uncertain'::text, 'failed'::text])));


--
-- Name: one_published_edition_per_course; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX one_published_edition_per_course ON public.editions USING btree (course_id) WHERE (state = 'published'::text);


--
-- Name: one_reader_per_address; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX one_reader_per_address ON public.readers USING btree (digest);


--
-- Name: one_standing_suppression_per_reason; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX one_standing_suppression_per_reason ON public.suppressions USING btree (digest, reason) WHERE (ended_at IS NULL);


--
-- Name: admin_sessions fk_admin_sessions_admin_id_admins; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.admin_sessions
    ADD CONSTRAINT fk_admin_sessions_admin_id_admins FOREIGN KEY (admin_id) REFERENCES public.admins(id) ON DELETE CASCADE;


--
-- Name: chores fk_chores_course_id_courses; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.chores
    ADD CONSTRAINT fk_chores_course_id_courses FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;


--
-- Name: deliveries fk_deliveries_admin_id_admins; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_admin_id_admins FOREIGN KEY (admin_id) REFERENCES public.admins(id) ON DELETE CASCADE;


--
-- Name: deliveries fk_deliveries_compilation_id_compilations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_compilation_id_compilations FOREIGN KEY (compilation_id) REFERENCES public.compilations(id);


--
-- Name: deliveries fk_deliveries_edition_id_editions; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_edition_id_editions FOREIGN KEY (edition_id) REFERENCES public.editions(id);


--
-- Name: deliveries fk_deliveries_enrollment_id_enrollments; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_enrollment_id_enrollments FOREIGN KEY (enrollment_id) REFERENCES public.enrollments(id) ON DELETE CASCADE;


--
-- Name: deliveries fk_deliveries_lesson_id_lessons; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_lesson_id_lessons FOREIGN KEY (lesson_id) REFERENCES public.lessons(id);


--
-- Name: deliveries fk_deliveries_reader_id_readers; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_reader_id_readers FOREIGN KEY (reader_id) REFERENCES public.readers(id) ON DELETE CASCADE;


--
-- Name: deliveries fk_deliveries_revision_id_revisions; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_revision_id_revisions FOREIGN KEY (revision_id) REFERENCES public.revisions(id);


--
-- Name: edition_lessons fk_edition_lessons_compilation_id_compilations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons
    ADD CONSTRAINT fk_edition_lessons_compilation_id_compilations FOREIGN KEY (compilation_id) REFERENCES public.compilations(id);


--
-- Name: edition_lessons fk_edition_lessons_edition_id_editions; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons
    ADD CONSTRAINT fk_edition_lessons_edition_id_editions FOREIGN KEY (edition_id) REFERENCES public.editions(id) ON DELETE CASCADE;


--
-- Name: edition_lessons fk_edition_lessons_lesson_id_lessons; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons
    ADD CONSTRAINT fk_edition_lessons_lesson_id_lessons FOREIGN KEY (lesson_id) REFERENCES public.lessons(id) ON DELETE CASCADE;


--
-- Name: edition_lessons fk_edition_lessons_publication_id_publications; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons
    ADD CONSTRAINT fk_edition_lessons_publication_id_publications FOREIGN KEY (publication_id) REFERENCES public.publications(id);


--
-- Name: edition_lessons fk_edition_lessons_revision_id_revisions; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_lessons
    ADD CONSTRAINT fk_edition_lessons_revision_id_revisions FOREIGN KEY (revision_id) REFERENCES public.revisions(id);


--
-- Name: edition_letters fk_edition_letters_compilation_id_compilations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_letters
    ADD CONSTRAINT fk_edition_letters_compilation_id_compilations FOREIGN KEY (compilation_id) REFERENCES public.compilations(id);


--
-- Name: edition_letters fk_edition_letters_edition_id_editions; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_letters
    ADD CONSTRAINT fk_edition_letters_edition_id_editions FOREIGN KEY (edition_id) REFERENCES public.editions(id) ON DELETE CASCADE;


--
-- Name: edition_media fk_edition_media_digest_media; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_media
    ADD CONSTRAINT fk_edition_media_digest_media FOREIGN KEY (digest) REFERENCES public.media(digest);


--
-- Name: edition_media fk_edition_media_edition_id_editions; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.edition_media
    ADD CONSTRAINT fk_edition_media_edition_id_editions FOREIGN KEY (edition_id) REFERENCES public.editions(id) ON DELETE CASCADE;


--
-- Name: editions fk_editions_course_id_courses; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.editions
    ADD CONSTRAINT fk_editions_course_id_courses FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;


--
-- Name: editions fk_editions_previous_id_editions; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.editions
    ADD CONSTRAINT fk_editions_previous_id_editions FOREIGN KEY (previous_id) REFERENCES public.editions(id);


--
-- Name: enrollments fk_enrollments_course_id_courses; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT fk_enrollments_course_id_courses FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;


--
-- Name: enrollments fk_enrollments_reader_id_readers; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.enrollments
    ADD CONSTRAINT fk_enrollments_reader_id_readers FOREIGN KEY (reader_id) REFERENCES public.readers(id) ON DELETE CASCADE;


--
-- Name: house fk_house_sign_in_id_compilations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.house
    ADD CONSTRAINT fk_house_sign_in_id_compilations FOREIGN KEY (sign_in_id) REFERENCES public.compilations(id);


--
-- Name: lessons fk_lessons_course_id_courses; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lessons
    ADD CONSTRAINT fk_lessons_course_id_courses FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;


--
-- Name: pauses fk_pauses_course_id_courses; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT fk_pauses_course_id_courses FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;


--
-- Name: pauses fk_pauses_enrollment_id_enrollments; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT fk_pauses_enrollment_id_enrollments FOREIGN KEY (enrollment_id) REFERENCES public.enrollments(id) ON DELETE CASCADE;


--
-- Name: publications fk_publications_lesson_id_lessons; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publications
    ADD CONSTRAINT fk_publications_lesson_id_lessons FOREIGN KEY (lesson_id) REFERENCES public.lessons(id) ON DELETE CASCADE;


--
-- Name: revisions fk_revisions_lesson_id_lessons; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT fk_revisions_lesson_id_lessons FOREIGN KEY (lesson_id) REFERENCES public.lessons(id) ON DELETE CASCADE;


--
-- Name: sign_in_links fk_sign_in_links_admin_id_admins; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT fk_sign_in_links_admin_id_admins FOREIGN KEY (admin_id) REFERENCES public.admins(id) ON DELETE CASCADE;


--
-- Name: signs fk_signs_enrollment_id_enrollments; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signs
    ADD CONSTRAINT fk_signs_enrollment_id_enrollments FOREIGN KEY (enrollment_id) REFERENCES public.enrollments(id) ON DELETE CASCADE;


--
-- Name: signs fk_signs_lesson_id_lessons; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.signs
    ADD CONSTRAINT fk_signs_lesson_id_lessons FOREIGN KEY (lesson_id) REFERENCES public.lessons(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


