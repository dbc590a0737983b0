-- The tables of a register of version 1, as they were made; {bytes} and {counter} differ by database.
CREATE TABLE audit (
	number BIGINT NOT NULL,
	at BIGINT NOT NULL,
	kind VARCHAR(40) NOT NULL,
	detail TEXT NOT NULL,
	hash {bytes} NOT NULL,
	PRIMARY KEY (number)
);

CREATE TABLE campaigns (
	name VARCHAR(60) NOT NULL,
	definition TEXT NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE keys (
	kid VARCHAR(8) NOT NULL,
	name VARCHAR(100) NOT NULL,
	public {bytes} NOT NULL,
	programme VARCHAR(60),
	use_from BIGINT NOT NULL,
	use_until BIGINT NOT NULL,
	accept_until BIGINT NOT NULL,
	revoked BIGINT,
	PRIMARY KEY (kid),
	UNIQUE (name)
);

CREATE TABLE meta (
	name VARCHAR(40) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE people (
	number BIGINT NOT NULL,
	reference VARCHAR(60),
	programme VARCHAR(60) NOT NULL,
	department VARCHAR(3),
	commune VARCHAR(5),
	right_until DATE NOT NULL,
	first_name VARCHAR(40),
	card INTEGER NOT NULL,
	closed BIGINT,
	PRIMARY KEY (number)
);

CREATE TABLE trust_lists (
	partner VARCHAR(60) NOT NULL,
	version BIGINT NOT NULL,
	issued BIGINT NOT NULL,
	digest {bytes} NOT NULL,
	PRIMARY KEY (partner)
);

CREATE TABLE grants (
	campaign VARCHAR(60) NOT NULL,
	person BIGINT NOT NULL,
	card INTEGER NOT NULL,
	kid VARCHAR(8) NOT NULL,
	offers TEXT NOT NULL,
	PRIMARY KEY (campaign, person, card),
	FOREIGN KEY(campaign) REFERENCES campaigns (name),
	FOREIGN KEY(person) REFERENCES people (number),
	FOREIGN KEY(kid) REFERENCES keys (kid)
);

CREATE TABLE paper (
	campaign VARCHAR(60) NOT NULL,
	offer BIGINT NOT NULL,
	first BIGINT NOT NULL,
	count BIGINT NOT NULL,
	kid VARCHAR(8) NOT NULL,
	PRIMARY KEY (campaign, offer, first),
	FOREIGN KEY(campaign) REFERENCES campaigns (name),
	FOREIGN KEY(kid) REFERENCES keys (kid)
);

CREATE TABLE revocations (
	number {counter} NOT NULL,
	person BIGINT,
	card INTEGER,
	offer BIGINT,
	kid VARCHAR(8),
	before BIGINT,
	at BIGINT NOT NULL,
	PRIMARY KEY (number),
	FOREIGN KEY(person) REFERENCES people (number),
	FOREIGN KEY(kid) REFERENCES keys (kid)
);

CREATE TABLE stock (
	offer BIGINT NOT NULL,
	code VARCHAR(120) NOT NULL,
	position INTEGER NOT NULL,
	person BIGINT,
	PRIMARY KEY (offer, code),
	FOREIGN KEY(person) REFERENCES people (number)
);

