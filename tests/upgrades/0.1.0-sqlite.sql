BEGIN TRANSACTION;
CREATE TABLE admin_sessions (
	id INTEGER NOT NULL, 
	admin_id INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_admin_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_admin_sessions_admin_id_admins FOREIGN KEY(admin_id) REFERENCES admins (id) ON DELETE CASCADE, 
	CONSTRAINT uq_admin_sessions_digest UNIQUE (digest)
);
CREATE TABLE admins (
	id INTEGER NOT NULL, 
	email TEXT NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	password_hash TEXT, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_admins PRIMARY KEY (id), 
	CONSTRAINT ck_admins_known_role CHECK (role IN ('owner', 'editor', 'viewer')), 
	CONSTRAINT uq_admins_email UNIQUE (email)
);
INSERT INTO "admins" VALUES(1,'owner@example.org','','owner',NULL,'2027-01-04 08:00:00.000000');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE chores (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	course_id INTEGER, 
	details JSON NOT NULL, 
	cursor INTEGER NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	claim_id TEXT, 
	lease_until DATETIME, 
	created_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_chores PRIMARY KEY (id), 
	CONSTRAINT ck_chores_known_state CHECK (state IN ('open', 'done', 'failed')), 
	CONSTRAINT fk_chores_course_id_courses FOREIGN KEY(course_id) REFERENCES courses (id) ON DELETE CASCADE
);
INSERT INTO "chores" VALUES(1,'replan',1,'{}',0,0,0,'open',NULL,NULL,'2027-01-04 08:00:00.000000',NULL);
INSERT INTO "chores" VALUES(2,'replan',2,'{}',0,0,0,'open',NULL,NULL,'2027-01-04 08:00:00.000000',NULL);
CREATE TABLE compilations (
	id INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	html TEXT NOT NULL, 
	text TEXT NOT NULL, 
	links JSON NOT NULL, 
	compiler TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_compilations PRIMARY KEY (id), 
	CONSTRAINT uq_compilations_digest UNIQUE (digest)
);
INSERT INTO "compilations" VALUES(1,'ef25b14b8954a153a260f7c0e055d194fc5ec2db9f2644c9b5c5a849da55d428','{{ lesson.subject }}','<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "welcome"
subject: "About welcome"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about welcome.
</pre>','---
id: "welcome"
subject: "About welcome"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about welcome.
','[]','by hand','2027-01-04 08:00:00.000000');
INSERT INTO "compilations" VALUES(2,'5a7759df4f62300bc050e8ae7e7f12d09350d7ed3e97a1bd0248bfd22c870480','{{ lesson.subject }}','<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "trust"
subject: "About trust"
status: "published"
wait: "1 day"
---

Dear {{ reader.name }}, this is about trust.
</pre>','---
id: "trust"
subject: "About trust"
status: "published"
wait: "1 day"
---

Dear {{ reader.name }}, this is about trust.
','[]','by hand','2027-01-04 08:00:00.000000');
INSERT INTO "compilations" VALUES(3,'4f320af9bb025d4b54d125bf059f9db9a93b4e0fa437bae24e312336d718bd37','{{ lesson.subject }}','<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "space"
subject: "About space"
status: "published"
wait: "2 days"
---

Dear {{ reader.name }}, this is about space.
</pre>','---
id: "space"
subject: "About space"
status: "published"
wait: "2 days"
---

Dear {{ reader.name }}, this is about space.
','[]','by hand','2027-01-04 08:00:00.000000');
INSERT INTO "compilations" VALUES(4,'93cdccc66f8c7f8e670f513593663b243eb1e219766844ba75472272e01a2d6f','{{ lesson.subject }}','<!doctype html><title>{{ lesson.subject }}</title><pre>confirmation</pre>','confirmation','[]','by hand','2027-01-04 08:00:00.000000');
INSERT INTO "compilations" VALUES(5,'21606b5837ee49171e56cff2afe21083fb4dfe5c15c79b54695c2dc335181c89','{{ lesson.subject }}','<!doctype html><title>{{ lesson.subject }}</title><pre>completion</pre>','completion','[]','by hand','2027-01-04 08:00:00.000000');
INSERT INTO "compilations" VALUES(6,'f1ae356f020daec0d9ca7d931a1ce49391741e1c8d71fe18828f2685ee98473a','{{ lesson.subject }}','<!doctype html><title>{{ lesson.subject }}</title><pre>already_in</pre>','already_in','[]','by hand','2027-01-04 08:00:00.000000');
INSERT INTO "compilations" VALUES(7,'49b12315e9fcddd3d008e7dec5688535a63187bc58d39b8abf7889f37dbb58f7','{{ lesson.subject }}','<!doctype html><title>{{ lesson.subject }}</title><pre>---
id: "flour"
subject: "About flour"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about flour.
</pre>','---
id: "flour"
subject: "About flour"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about flour.
','[]','by hand','2027-01-04 08:00:00.000000');
CREATE TABLE courses (
	id INTEGER NOT NULL, 
	slug TEXT NOT NULL, 
	paused_at DATETIME, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_courses PRIMARY KEY (id), 
	CONSTRAINT uq_courses_slug UNIQUE (slug)
);
INSERT INTO "courses" VALUES(1,'small',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "courses" VALUES(2,'bread',NULL,'2027-01-04 08:00:00.000000');
CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	priority INTEGER NOT NULL, 
	enrollment_id INTEGER, 
	lesson_id INTEGER, 
	reader_id INTEGER, 
	admin_id INTEGER, 
	request_key TEXT, 
	edition_id INTEGER, 
	wishes_number INTEGER, 
	slot_at DATETIME NOT NULL, 
	due_at DATETIME, 
	day_based BOOLEAN NOT NULL, 
	asked BOOLEAN NOT NULL, 
	useless_after DATETIME, 
	secrets JSON, 
	claim_id TEXT, 
	lease_until DATETIME, 
	attempts INTEGER NOT NULL, 
	first_tried_at DATETIME, 
	repeats INTEGER NOT NULL, 
	compilation_id INTEGER, 
	revision_id INTEGER, 
	"values" JSON, 
	begun_at DATETIME, 
	digest TEXT, 
	message_id TEXT, 
	size INTEGER, 
	sent_at DATETIME, 
	reply TEXT, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT ck_deliveries_due_means_claimable CHECK (due_at IS NULL OR state IN ('planned', 'uncertain')), 
	CONSTRAINT ck_deliveries_lesson_has_its_place CHECK (kind <> 'lesson' OR (enrollment_id IS NOT NULL AND lesson_id IS NOT NULL)), 
	CONSTRAINT ck_deliveries_known_kind CHECK (kind IN ('lesson', 'repeat', 'confirmation', 'completion', 'sign_in', 'test')), 
	CONSTRAINT ck_deliveries_known_state CHECK (state IN ('planned', 'claimed', 'sending', 'uncertain', 'sent', 'skipped', 'cancelled', 'failed')), 
	CONSTRAINT ck_deliveries_one_recipient CHECK ((reader_id IS NULL) <> (admin_id IS NULL)), 
	CONSTRAINT fk_deliveries_admin_id_admins FOREIGN KEY(admin_id) REFERENCES admins (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_compilation_id_compilations FOREIGN KEY(compilation_id) REFERENCES compilations (id), 
	CONSTRAINT fk_deliveries_edition_id_editions FOREIGN KEY(edition_id) REFERENCES editions (id), 
	CONSTRAINT fk_deliveries_enrollment_id_enrollments FOREIGN KEY(enrollment_id) REFERENCES enrollments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_lesson_id_lessons FOREIGN KEY(lesson_id) REFERENCES lessons (id), 
	CONSTRAINT fk_deliveries_reader_id_readers FOREIGN KEY(reader_id) REFERENCES readers (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deliveries_revision_id_revisions FOREIGN KEY(revision_id) REFERENCES revisions (id), 
	CONSTRAINT one_delivery_per_request UNIQUE (request_key)
);
INSERT INTO "deliveries" VALUES(1,'confirmation','sent',0,1,NULL,1,NULL,NULL,2,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(2,'lesson','sent',0,1,4,1,NULL,NULL,2,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,'null','62746a9015565d45aa52a142',NULL,1,NULL,0,7,4,'{"reader": {"name": "Completed"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Completed", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.201691','1708bcc235f505e758497290903349a2c64f4c5e4f3cdd3de95170ba01e30820','<5a72bd5abd3f3825c8fcce37508ff021@example.org>',1244,'2027-01-04 08:03:02.276292','250 2.0.0 Accepted','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(3,'confirmation','sent',0,2,NULL,2,NULL,NULL,2,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(4,'lesson','failed',0,2,4,2,NULL,NULL,2,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,NULL,'62746a9015565d45aa52a142',NULL,1,NULL,0,7,4,'{"reader": {"name": "Failed"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Failed", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.276292','884cf71d9d401fab16382edd910be837e665dc6537f3dfefb124d4d14133a676','<28839afabbc46e75232cd8a7bded0a17@example.org>',1232,NULL,'550 5.1.1 No such user','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(5,'confirmation','sent',0,3,NULL,3,NULL,NULL,2,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(6,'lesson','uncertain',0,3,4,3,NULL,NULL,2,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,NULL,'62746a9015565d45aa52a142','2026-11-22 18:02:57.339363',1,NULL,0,7,4,'{"reader": {"name": "Uncertain"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Uncertain", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.389068','c758bd42ddf7701d9a9ac1a6328f56c6a6c35752bef7bdd54bbc88f81f3ab56c','<e922d4a8e2ac65f5864619681704cf2b@example.org>',1244,NULL,'The whole message was handed over and no answer came: the server hung up','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(7,'confirmation','sent',0,4,NULL,4,NULL,NULL,2,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(8,'lesson','sending',0,4,4,4,NULL,NULL,2,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,NULL,'62746a9015565d45aa52a142','2001-01-01 00:00:00.000000',1,NULL,0,7,4,'{"reader": {"name": "Sending"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 1, "count": 1, "subject": "About flour"}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "flour:bread:lesson:meantime", "to": "Sending", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.480280','2bfa3388f3db4feaa9b137f62077da4b6684ee9013dc4039a015c652cd9b9e23','<554b7cacd4b030bf6642c2eee0566579@example.org>',1236,NULL,'The whole message was handed over and no answer came: the server hung up','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(9,'confirmation','sent',0,5,NULL,5,NULL,NULL,1,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(10,'lesson','sent',0,5,1,5,NULL,NULL,1,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,'null','62746a9015565d45aa52a142',NULL,1,NULL,0,1,1,'{"reader": {"name": "Active"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Active", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.555173','3aa478b4d2c5e4040eef573057da1c3e42fe287a4d3887cf15b46249a313f625','<67b221988b6c5a9b78eeab3b2a049600@example.org>',1250,'2027-01-04 08:03:02.680700','250 2.0.0 Accepted','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(11,'confirmation','sent',0,6,NULL,6,NULL,NULL,1,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(12,'lesson','sent',0,6,1,6,NULL,NULL,1,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,'null','62746a9015565d45aa52a142',NULL,1,NULL,0,1,1,'{"reader": {"name": "Paused"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Paused", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.680700','eef595b02336d3c7ba20f2f6eb3bf09b2509173321934db24eb0db18ae95f056','<8ec3c2af4196b6045c59dc570204d3f9@example.org>',1250,'2027-01-04 08:03:02.765409','250 2.0.0 Accepted','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(13,'confirmation','sent',0,7,NULL,7,NULL,NULL,1,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(14,'lesson','sent',0,7,1,7,NULL,NULL,1,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,'null','62746a9015565d45aa52a142',NULL,1,NULL,0,1,1,'{"reader": {"name": "Ended"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Ended", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.765409','48c5952f8b0ae21f4798b6746e352c138402475e2fcc3666e5a4ff4753888783','<65083126091a02cd9fd6df1e6c70b0e2@example.org>',1246,'2027-01-04 08:03:02.852780','250 2.0.0 Accepted','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(15,'confirmation','sent',0,8,NULL,8,NULL,NULL,1,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(16,'lesson','sent',0,8,1,8,NULL,NULL,1,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,'null','62746a9015565d45aa52a142',NULL,1,NULL,0,1,1,'{"reader": {"name": "Skipped"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Skipped", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.852780','553b98873e9461d4f76ff59cafa87240a361fb0de138c09c5f76c6c60ea48f4a','<9d569d0e7a4d13b71b2ad3f622b3db64@example.org>',1254,'2027-01-04 08:03:02.947657','250 2.0.0 Accepted','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(17,'confirmation','sent',0,9,NULL,9,NULL,NULL,1,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000',NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000',NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(18,'lesson','sent',0,9,1,9,NULL,NULL,1,1,'2027-01-04 08:00:00.000001',NULL,0,0,NULL,'null','62746a9015565d45aa52a142',NULL,1,NULL,0,1,1,'{"reader": {"name": "Claimed"}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 1, "count": 3, "subject": "About welcome"}, "next_lesson": {"date": "Tuesday, 5 January at 09:00", "subject": "About trust"}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "welcome:small:lesson:meantime", "to": "Claimed", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.947657','2b8f861bfb59a9cdc4f8be0e62d0455508a64350eb42dba123a119d0470dc5bc','<e6c8011187caee7adf95d011dd1ee217@example.org>',1254,'2027-01-04 08:03:03.032721','250 2.0.0 Accepted','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(19,'confirmation','sent',0,10,NULL,10,NULL,NULL,1,NULL,'2027-01-04 08:00:00.000000',NULL,0,0,'2027-01-07 08:00:00.000000','null','62746a9015565d45aa52a142',NULL,1,NULL,0,4,NULL,'{"reader": {"name": ""}, "course": {"title": "The small course", "slug": "small", "url": "https://courses.example.org/courses/small"}, "lesson": {"number": 0, "count": 3, "subject": ""}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "small.example.org", "feedback_id": "confirmation:small:confirmation:meantime", "to": "", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:03:02.125350','3e044c8fa2963a06b95022f51c775cf103260601886cfa7a8a9b0afc2d8c80b1','<1abcad2d80b6674083838b0e96b580f3@example.org>',639,'2027-01-04 08:03:02.201691','250 2.0.0 Accepted','2027-01-04 08:00:00.000000');
INSERT INTO "deliveries" VALUES(20,'completion','sent',0,1,NULL,1,NULL,'completion:lVv6NDadAfZIn4zU',2,NULL,'2027-01-04 08:03:02.276292',NULL,0,0,NULL,'null','b3316165962b83f35cc5decc',NULL,1,NULL,0,5,NULL,'{"reader": {"name": "Completed"}, "course": {"title": "The bread course", "slug": "bread", "url": "https://courses.example.org/courses/bread"}, "lesson": {"number": 0, "count": 1, "subject": ""}, "next_lesson": {"date": "", "subject": ""}, "sender": {"name": "Robin", "postal_address": "Quiet Lane 4, 10115 Berlin"}, "house": {"name": "Meantime"}, "head": {"name": "Robin", "email": "robin@example.org", "reply_to": "", "list_id": "bread.example.org", "feedback_id": "completion:bread:completion:meantime", "to": "Completed", "may": "hour next_now pace pause timezone"}}','2027-01-04 08:06:03.128735','2cecac271eb00d2efee088b4ef41aa35ac99e2c5be574349e4496a5d778322ff','<683fafd12ebfc9c9ac3e655c4f210c0d@example.org>',995,'2027-01-04 08:06:03.182312','250 2.0.0 Accepted','2027-01-04 08:03:02.276292');
INSERT INTO "deliveries" VALUES(21,'lesson','planned',1,5,2,5,NULL,NULL,1,1,'2027-01-05 03:15:00.000000','2027-01-05 03:15:00.000000',1,0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:03:02.680700');
INSERT INTO "deliveries" VALUES(22,'lesson','planned',1,6,2,6,NULL,NULL,1,1,'2027-01-05 03:15:00.000000',NULL,1,0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:03:02.765409');
INSERT INTO "deliveries" VALUES(23,'lesson','cancelled',1,7,2,7,NULL,NULL,1,1,'2027-01-05 03:15:00.000000',NULL,1,0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,'The reader has left.','2027-01-04 08:03:02.852780');
INSERT INTO "deliveries" VALUES(24,'lesson','skipped',1,8,2,8,NULL,NULL,1,1,'2027-01-05 03:15:00.000000',NULL,1,0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,2,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000','It would make no sense any more.','2027-01-04 08:03:02.947657');
INSERT INTO "deliveries" VALUES(25,'lesson','claimed',1,9,2,9,NULL,NULL,1,1,'2027-01-05 03:15:00.000000',NULL,1,0,NULL,NULL,'000000000000000000000000','2001-01-01 00:00:00.000000',0,NULL,0,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:03:03.032721');
INSERT INTO "deliveries" VALUES(26,'lesson','planned',1,8,3,8,NULL,NULL,1,1,'2027-01-06 03:15:00.000000','2027-01-06 03:15:00.000000',1,0,NULL,NULL,NULL,NULL,0,NULL,0,NULL,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2027-01-04 08:00:00.000000');
CREATE TABLE edition_lessons (
	id INTEGER NOT NULL, 
	edition_id INTEGER NOT NULL, 
	lesson_id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	compilation_id INTEGER, 
	publication_id INTEGER, 
	position INTEGER NOT NULL, 
	file_name TEXT NOT NULL, 
	CONSTRAINT pk_edition_lessons PRIMARY KEY (id), 
	CONSTRAINT fk_edition_lessons_compilation_id_compilations FOREIGN KEY(compilation_id) REFERENCES compilations (id), 
	CONSTRAINT fk_edition_lessons_edition_id_editions FOREIGN KEY(edition_id) REFERENCES editions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_edition_lessons_lesson_id_lessons FOREIGN KEY(lesson_id) REFERENCES lessons (id) ON DELETE CASCADE, 
	CONSTRAINT fk_edition_lessons_publication_id_publications FOREIGN KEY(publication_id) REFERENCES publications (id), 
	CONSTRAINT fk_edition_lessons_revision_id_revisions FOREIGN KEY(revision_id) REFERENCES revisions (id), 
	CONSTRAINT one_place_per_lesson UNIQUE (edition_id, lesson_id)
);
INSERT INTO "edition_lessons" VALUES(1,1,1,1,1,1,1,'01-welcome.md');
INSERT INTO "edition_lessons" VALUES(2,1,2,2,2,2,2,'02-trust.md');
INSERT INTO "edition_lessons" VALUES(3,1,3,3,3,3,3,'03-space.md');
INSERT INTO "edition_lessons" VALUES(4,2,4,4,7,4,1,'01-flour.md');
CREATE TABLE edition_letters (
	id INTEGER NOT NULL, 
	edition_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	compilation_id INTEGER NOT NULL, 
	CONSTRAINT pk_edition_letters PRIMARY KEY (id), 
	CONSTRAINT fk_edition_letters_compilation_id_compilations FOREIGN KEY(compilation_id) REFERENCES compilations (id), 
	CONSTRAINT fk_edition_letters_edition_id_editions FOREIGN KEY(edition_id) REFERENCES editions (id) ON DELETE CASCADE, 
	CONSTRAINT one_letter_per_name UNIQUE (edition_id, name)
);
INSERT INTO "edition_letters" VALUES(1,1,'confirmation',4);
INSERT INTO "edition_letters" VALUES(2,1,'completion',5);
INSERT INTO "edition_letters" VALUES(3,1,'already_in',6);
INSERT INTO "edition_letters" VALUES(4,2,'confirmation',4);
INSERT INTO "edition_letters" VALUES(5,2,'completion',5);
INSERT INTO "edition_letters" VALUES(6,2,'already_in',6);
CREATE TABLE edition_media (
	id INTEGER NOT NULL, 
	edition_id INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT pk_edition_media PRIMARY KEY (id), 
	CONSTRAINT fk_edition_media_digest_media FOREIGN KEY(digest) REFERENCES media (digest), 
	CONSTRAINT fk_edition_media_edition_id_editions FOREIGN KEY(edition_id) REFERENCES editions (id) ON DELETE CASCADE, 
	CONSTRAINT one_image_per_path UNIQUE (edition_id, path)
);
CREATE TABLE editions (
	id INTEGER NOT NULL, 
	course_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	previous_id INTEGER, 
	state TEXT NOT NULL, 
	source TEXT NOT NULL, 
	saves INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	published_at DATETIME, 
	published_by TEXT, 
	undo_until DATETIME, 
	CONSTRAINT pk_editions PRIMARY KEY (id), 
	CONSTRAINT ck_editions_known_state CHECK (state IN ('draft', 'published', 'retired')), 
	CONSTRAINT fk_editions_course_id_courses FOREIGN KEY(course_id) REFERENCES courses (id) ON DELETE CASCADE, 
	CONSTRAINT fk_editions_previous_id_editions FOREIGN KEY(previous_id) REFERENCES editions (id), 
	CONSTRAINT one_edition_per_number UNIQUE (course_id, number)
);
INSERT INTO "editions" VALUES(1,1,1,NULL,'published','slug: small
title: The small course
sender: {name: Robin, email: robin@example.org}
ends: yes
reader_may: [hour, timezone, pace, pause, next_now]
schedule:
  hour: "09:00"
  timezone: "America/New_York"
  weekdays: [mon, tue, wed, thu, fri, sat, sun]
  quiet: "none"
',1,'2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','Robin',NULL);
INSERT INTO "editions" VALUES(2,2,1,NULL,'published','slug: bread
title: The bread course
sender: {name: Robin, email: robin@example.org}
ends: yes
reader_may: [hour, timezone, pace, pause, next_now]
schedule:
  hour: "09:00"
  timezone: "America/New_York"
  weekdays: [mon, tue, wed, thu, fri, sat, sun]
  quiet: "none"
',1,'2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','Robin',NULL);
CREATE TABLE enrollments (
	id INTEGER NOT NULL, 
	handle TEXT NOT NULL, 
	reader_id INTEGER NOT NULL, 
	course_id INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	wishes JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	asked_at DATETIME NOT NULL, 
	confirmed_at DATETIME, 
	anchor_at DATETIME, 
	anchor_wait TEXT, 
	paused_until DATETIME, 
	finished_at DATETIME, 
	CONSTRAINT pk_enrollments PRIMARY KEY (id), 
	CONSTRAINT ck_enrollments_known_state CHECK (state IN ('pending', 'active', 'paused', 'completed', 'ended')), 
	CONSTRAINT fk_enrollments_course_id_courses FOREIGN KEY(course_id) REFERENCES courses (id) ON DELETE CASCADE, 
	CONSTRAINT fk_enrollments_reader_id_readers FOREIGN KEY(reader_id) REFERENCES readers (id) ON DELETE CASCADE, 
	CONSTRAINT uq_enrollments_handle UNIQUE (handle), 
	CONSTRAINT one_enrollment_per_run UNIQUE (reader_id, course_id, run)
);
INSERT INTO "enrollments" VALUES(1,'lVv6NDadAfZIn4zU',1,2,1,'completed','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,'2027-01-04 08:03:02.276292');
INSERT INTO "enrollments" VALUES(2,'uOFVejkJpsvbTKwe',2,2,1,'active','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL);
INSERT INTO "enrollments" VALUES(3,'TAzxqW0plQMe5n8O',3,2,1,'active','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL);
INSERT INTO "enrollments" VALUES(4,'kJx3D0CFLztiNTWU',4,2,1,'active','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL);
INSERT INTO "enrollments" VALUES(5,'GV9CWO8jagFoxq4f',5,1,1,'active','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL);
INSERT INTO "enrollments" VALUES(6,'lemcZcuiQrByNDPp',6,1,1,'paused','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL);
INSERT INTO "enrollments" VALUES(7,'LiqBgejogmrVIJSf',7,1,1,'ended','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,'2027-01-04 08:00:00.000000');
INSERT INTO "enrollments" VALUES(8,'WjvX860kQB8dYSDZ',8,1,1,'active','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL);
INSERT INTO "enrollments" VALUES(9,'nLAn6hPsNzphzIpn',9,1,1,'active','{}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL);
INSERT INTO "enrollments" VALUES(10,'Myg9FqKZYlHggCBr',10,1,1,'pending','{"name": "", "timezone": null, "hour": null}','2027-01-04 08:00:00.000000','2027-01-04 08:00:00.000000',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE house (
	id INTEGER NOT NULL, 
	identity_key BLOB NOT NULL, 
	sign_in_id INTEGER, 
	CONSTRAINT pk_house PRIMARY KEY (id), 
	CONSTRAINT ck_house_one_row CHECK (id = 1), 
	CONSTRAINT fk_house_sign_in_id_compilations FOREIGN KEY(sign_in_id) REFERENCES compilations (id)
);
INSERT INTO "house" VALUES(1,X'31638664307F47E7215CA58ECBE348376882DB9C005462E7502B527A075DAE1C',NULL);
CREATE TABLE lessons (
	id INTEGER NOT NULL, 
	course_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	CONSTRAINT pk_lessons PRIMARY KEY (id), 
	CONSTRAINT fk_lessons_course_id_courses FOREIGN KEY(course_id) REFERENCES courses (id) ON DELETE CASCADE, 
	CONSTRAINT one_lesson_per_key UNIQUE (course_id, "key")
);
INSERT INTO "lessons" VALUES(1,1,'welcome');
INSERT INTO "lessons" VALUES(2,1,'trust');
INSERT INTO "lessons" VALUES(3,1,'space');
INSERT INTO "lessons" VALUES(4,2,'flour');
CREATE TABLE media (
	digest TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	data BLOB NOT NULL, 
	CONSTRAINT pk_media PRIMARY KEY (digest)
);
CREATE TABLE pauses (
	id INTEGER NOT NULL, 
	course_id INTEGER NOT NULL, 
	enrollment_id INTEGER, 
	began_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	mode TEXT, 
	CONSTRAINT pk_pauses PRIMARY KEY (id), 
	CONSTRAINT fk_pauses_course_id_courses FOREIGN KEY(course_id) REFERENCES courses (id) ON DELETE CASCADE, 
	CONSTRAINT fk_pauses_enrollment_id_enrollments FOREIGN KEY(enrollment_id) REFERENCES enrollments (id) ON DELETE CASCADE
);
INSERT INTO "pauses" VALUES(1,1,6,'2027-01-04 08:00:00.000000',NULL,'original');
CREATE TABLE publications (
	id INTEGER NOT NULL, 
	lesson_id INTEGER NOT NULL, 
	followers JSON NOT NULL, 
	published_at DATETIME NOT NULL, 
	CONSTRAINT pk_publications PRIMARY KEY (id), 
	CONSTRAINT fk_publications_lesson_id_lessons FOREIGN KEY(lesson_id) REFERENCES lessons (id) ON DELETE CASCADE
);
INSERT INTO "publications" VALUES(1,1,'[2, 3]','2027-01-04 08:00:00.000000');
INSERT INTO "publications" VALUES(2,2,'[3]','2027-01-04 08:00:00.000000');
INSERT INTO "publications" VALUES(3,3,'[]','2027-01-04 08:00:00.000000');
INSERT INTO "publications" VALUES(4,4,'[]','2027-01-04 08:00:00.000000');
CREATE TABLE readers (
	id INTEGER NOT NULL, 
	handle TEXT NOT NULL, 
	email TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	name TEXT NOT NULL, 
	timezone TEXT, 
	hour TEXT, 
	pace FLOAT NOT NULL, 
	wishes_number INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_readers PRIMARY KEY (id), 
	CONSTRAINT uq_readers_email UNIQUE (email), 
	CONSTRAINT uq_readers_handle UNIQUE (handle)
);
INSERT INTO "readers" VALUES(1,'8wCmjDxZetrw6dVS','completed@example.org','2ce4f480b8598b35c4421cdece68ead0be5a68f37e0fdfbbe21c22748466d026','Completed','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(2,'Rv6G6ogiF8JSXc4f','failed@example.org','375c6786d7ad4b3f4ce6d8ea0eebccedf115fbe2cf25af6582c1aaf40e302351','Failed','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(3,'qkp2LhPzGY0MNz1T','uncertain@example.org','6c3a6f9822902c79b19fb02d65e194b100b0308b2a355e92e38192030a953398','Uncertain','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(4,'gRwqFwHeGMmZaaUB','sending@example.org','2ea139579d137e7562484b0b6830faa5bac4eabf7b48b40086e789ee91d52e1c','Sending','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(5,'MEqc8mAaFhYfsXSS','active@example.org','10566f4b65cad1ea153da45df9b323e0bedefe2dd983720a1e28283d38c0b5e4','Active','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(6,'SlXrGAvqX9m0Qlga','paused@example.org','c86c0ba4686d7841f10f4d4a5320408a479f3dd9f9977c76a42d6c9504857320','Paused','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(7,'whhuXELoJjMHL2wZ','ended@example.org','75e4ab500bf16d4aca5eb0063f1d8b090dd7ee207f1f30d99f9af558ed3121b0','Ended','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(8,'uepZlxYYvvcp8Z9E','skipped@example.org','08313ce6ce53ee6ea10cbeb81dd4b91bc5ef3926131a46054f35ec3eab4c5e91','Skipped','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(9,'XA6CClfU40Hukmht','claimed@example.org','7ec5c324fa97ef67088993e186b6edb4cff1ae4b01462ae7e229bc6bb4b6b381','Claimed','Asia/Kathmandu',NULL,1.0,1,'2027-01-04 08:00:00.000000');
INSERT INTO "readers" VALUES(10,'ncigLlOSDtGpWp75','pending@example.org','a6b41172e860a0fa48530affb3edb6378fc248fa8495d6cf8ca5b6cc54e89d13','',NULL,NULL,1.0,0,'2027-01-04 08:00:00.000000');
CREATE TABLE revisions (
	id INTEGER NOT NULL, 
	lesson_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by TEXT, 
	CONSTRAINT pk_revisions PRIMARY KEY (id), 
	CONSTRAINT fk_revisions_lesson_id_lessons FOREIGN KEY(lesson_id) REFERENCES lessons (id) ON DELETE CASCADE, 
	CONSTRAINT one_revision_per_number UNIQUE (lesson_id, number)
);
INSERT INTO "revisions" VALUES(1,1,1,'---
id: "welcome"
subject: "About welcome"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about welcome.
','2027-01-04 08:00:00.000000','Robin');
INSERT INTO "revisions" VALUES(2,2,1,'---
id: "trust"
subject: "About trust"
status: "published"
wait: "1 day"
---

Dear {{ reader.name }}, this is about trust.
','2027-01-04 08:00:00.000000','Robin');
INSERT INTO "revisions" VALUES(3,3,1,'---
id: "space"
subject: "About space"
status: "published"
wait: "2 days"
---

Dear {{ reader.name }}, this is about space.
','2027-01-04 08:00:00.000000','Robin');
INSERT INTO "revisions" VALUES(4,4,1,'---
id: "flour"
subject: "About flour"
status: "published"
wait: "immediately"
---

Dear {{ reader.name }}, this is about flour.
','2027-01-04 08:00:00.000000','Robin');
CREATE TABLE sign_in_links (
	id INTEGER NOT NULL, 
	admin_id INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_sign_in_links PRIMARY KEY (id), 
	CONSTRAINT fk_sign_in_links_admin_id_admins FOREIGN KEY(admin_id) REFERENCES admins (id) ON DELETE CASCADE, 
	CONSTRAINT uq_sign_in_links_digest UNIQUE (digest)
);
CREATE TABLE signs (
	id INTEGER NOT NULL, 
	enrollment_id INTEGER NOT NULL, 
	lesson_id INTEGER NOT NULL, 
	said_at DATETIME NOT NULL, 
	CONSTRAINT pk_signs PRIMARY KEY (id), 
	CONSTRAINT fk_signs_enrollment_id_enrollments FOREIGN KEY(enrollment_id) REFERENCES enrollments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_signs_lesson_id_lessons FOREIGN KEY(lesson_id) REFERENCES lessons (id) ON DELETE CASCADE, 
	CONSTRAINT one_sign_per_lesson UNIQUE (enrollment_id, lesson_id)
);
CREATE TABLE suppressions (
	id INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_suppressions PRIMARY KEY (id), 
	CONSTRAINT ck_suppressions_known_reason CHECK (reason IN ('left-all', 'bounce', 'complaint'))
);
CREATE UNIQUE INDEX one_standing_suppression_per_reason ON suppressions (digest, reason) WHERE ended_at IS NULL;
CREATE INDEX ix_admin_sessions_admin_id ON admin_sessions (admin_id);
CREATE INDEX chores_open ON chores (id) WHERE state = 'open';
CREATE UNIQUE INDEX one_draft_per_course ON editions (course_id) WHERE state = 'draft';
CREATE UNIQUE INDEX one_published_edition_per_course ON editions (course_id) WHERE state = 'published';
CREATE INDEX enrollments_of_a_course ON enrollments (course_id, id);
CREATE INDEX ix_sign_in_links_admin_id ON sign_in_links (admin_id);
CREATE INDEX ix_pauses_course_id ON pauses (course_id);
CREATE INDEX ix_pauses_enrollment_id ON pauses (enrollment_id);
CREATE INDEX deliveries_by_message_id ON deliveries (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (priority, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_in_trouble ON deliveries (state, id) WHERE state IN ('failed', 'uncertain');
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_of_a_reader ON deliveries (reader_id);
CREATE INDEX deliveries_of_an_enrollment ON deliveries (enrollment_id);
CREATE UNIQUE INDEX one_delivery_per_lesson ON deliveries (enrollment_id, lesson_id) WHERE kind = 'lesson';
CREATE UNIQUE INDEX one_open_lesson_per_enrollment ON deliveries (enrollment_id) WHERE kind = 'lesson' AND state IN ('planned', 'claimed', 'sending', 'uncertain', 'failed');
CREATE INDEX enrollments_unanswered ON enrollments (asked_at) WHERE (state = 'pending' OR confirmed_at IS NULL);
CREATE UNIQUE INDEX one_reader_per_address ON readers (digest);
COMMIT;
