"""Names of the Ed-Fi Data Standard that the importer knows: interchanges, their rows, and the elements of the
rows that are read. Union of the bulk schemas 3.1 to 5.2 (Ed-Fi-Alliance-OSS/Ed-Fi-Data-Standard, Schemas/Bulk).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NAMESPACE: Final = "http://ed-fi.org/"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


INTERCHANGES: Final[Mapping[str, frozenset[str]]] = {
    "EducationOrganization": _names(
        """
        AccountabilityRating ClassPeriod CommunityOrganization CommunityProvider
        CommunityProviderLicense Course EducationOrganizationNetwork
        EducationOrganizationNetworkAssociation EducationOrganizationPeerAssociation
        EducationServiceCenter FeederSchoolAssociation LocalEducationAgency Location
        OrganizationDepartment PostSecondaryInstitution Program School StateEducationAgency
        """
    ),
    "EducationOrgCalendar": _names(
        """
        AcademicWeek Calendar CalendarDate GradingPeriod Session
        """
    ),
    "Student": _names(
        """
        Person Student
        """
    ),
    "MasterSchedule": _names(
        """
        BellSchedule CourseOffering Section
        """
    ),
    "StudentAttendance": _names(
        """
        SectionAttendanceTakenEvent StudentInterventionAttendanceEvent StudentProgramAttendanceEvent
        StudentSchoolAttendanceEvent StudentSectionAttendanceEvent
        """
    ),
}
"""Interchanges that are read, in the order of loading, with the rows that they may hold."""

NOT_IMPORTED: Final = _names(
    """
    AssessmentMetadata AssessmentRegistration Contact Descriptors Finance Parent PostSecondaryEvent
    StaffAssociation Standards StudentAssessment StudentCohort StudentDiscipline StudentEnrollment
    StudentGrade StudentGradebook StudentHealth StudentIntervention StudentProgram
    StudentProgramEvaluation StudentTranscript Survey
    """
)
"""Interchanges of the standard that hold nothing for attendance."""

CHILDREN: Final[Mapping[str, frozenset[str]]] = {
    "School": _names(
        """
        Address AdministrativeFundingControl CharterApprovalAgencyType CharterApprovalSchoolYear
        CharterStatus EducationOrganizationCategory EducationOrganizationIdentificationCode
        EducationOrganizationIndicator GradeLevel InstitutionTelephone InternationalAddress
        InternetAccess LocalEducationAgencyReference MagnetSpecialProgramEmphasisSchool
        NameOfInstitution OperationalStatus SchoolCategory SchoolId SchoolType ShortNameOfInstitution
        TitleIPartASchoolDesignation WebSite
        """
    ),
    "Course": _names(
        """
        AcademicSubject CareerPathway CompetencyLevel CourseCode CourseDefinedBy CourseDescription
        CourseGPAApplicability CourseIdentificationCode CourseLevelCharacteristic CourseTitle
        DateCourseAdopted EducationOrganizationReference HighSchoolCourseRequirement
        LearningObjectiveReference LearningStandardReference MaxCompletionsForCredit
        MaximumAvailableCredits MinimumAvailableCredits NumberOfParts OfferedGradeLevel
        TimeRequiredForCompletion
        """
    ),
    "ClassPeriod": _names(
        """
        ClassPeriodName MeetingTime OfficialAttendancePeriod SchoolReference
        """
    ),
    "MeetingTime": _names(
        """
        EndTime StartTime
        """
    ),
    "Session": _names(
        """
        AcademicWeekReference BeginDate EndDate GradingPeriodReference SchoolReference SchoolYear
        SessionName Term TotalInstructionalDays
        """
    ),
    "Student": _names(
        """
        BirthData Citizenship Name OtherName PersonReference StudentUniqueId
        """
    ),
    "Name": _names(
        """
        FirstName GenerationCodeSuffix LastSurname MaidenName MiddleName PersonalIdentificationDocument
        PersonalTitlePrefix PreferredFirstName PreferredLastSurname
        """
    ),
    "CourseOffering": _names(
        """
        CourseLevelCharacteristic CourseReference CurriculumUsed InstructionalTimePlanned
        LocalCourseCode LocalCourseTitle OfferedGradeLevel SchoolReference SessionReference
        """
    ),
    "Section": _names(
        """
        AvailableCredits ClassPeriodReference CourseLevelCharacteristic CourseOfferingReference
        EducationalEnvironment InstructionLanguage LocationReference LocationSchoolReference
        MediumOfInstruction OfferedGradeLevel OfficialAttendancePeriod PopulationServed ProgramReference
        SectionCharacteristic SectionIdentifier SectionName SectionType SequenceOfCourse
        """
    ),
    "BellSchedule": _names(
        """
        AlternateDayName BellScheduleName ClassPeriodReference Date EndTime GradeLevel SchoolReference
        StartTime TotalInstructionalTime
        """
    ),
    "StudentSchoolAttendanceEvent": _names(
        """
        ArrivalTime AttendanceEvent DepartureTime SchoolAttendanceDuration SchoolReference
        SessionReference StudentReference
        """
    ),
    "AttendanceEvent": _names(
        """
        AttendanceEventCategory AttendanceEventReason EducationalEnvironment EventDate EventDuration
        """
    ),
}
"""Elements of the rows that are read, and of the parts of them that are looked into."""
